/**
 * napi-rs's layout of packages: one build for each platform among the optional dependencies (`@rolldown/binding-linux-x64-gnu`), one of them
 * for WebAssembly. The package loads that where the one of its platform cannot be loaded.
 */
const ending = 'wasm32-wasi';

/** The field of a planned package, of the names of its optional dependencies: a package may also use another's build for WebAssembly. */
export function twinAmong(optional: Readonly<Record<string, unknown>> | undefined): { readonly twin?: string } {
  const names = Object.keys(optional ?? {});
  const twin = names.find(
    (name) => name.endsWith(`-${ending}`) && names.some((other) => other !== name && other.startsWith(buildsOf(name))),
  );
  return twin === undefined ? {} : { twin };
}

/** How the names of all its builds begin. */
export function buildsOf(twin: string): string {
  return twin.slice(0, -ending.length);
}

/** Whether a package is a build for this one platform, as packages with a program of each platform have them among their optional dependencies. */
export function isBuildOfPlatform({ os, cpu }: { readonly os?: unknown; readonly cpu?: unknown }): boolean {
  return String(os) === 'linux' && String(cpu) === 'x64';
}
