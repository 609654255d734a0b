/** `name@range` and the kinds of ranges that all package managers share. */

/** Splits at the `@` that is not a scope's. The range is empty where there is none. */
export function splitSpecifier(text: string): { readonly name: string; readonly range: string } {
  const at = text.indexOf('@', 1);
  return at < 0 ? { name: text, range: '' } : { name: text.slice(0, at), range: text.slice(at + 1) };
}

/** What `npm:` leads to; undefined where the range is none. */
export function aliasOf(range: string): { readonly name: string; readonly range: string } | undefined {
  if (!range.startsWith('npm:')) return undefined;
  return splitSpecifier(range.slice(4));
}

/** Where a registry keeps a tarball, as registries do it. `registry` ends in a slash. */
export function tarballAddress(registry: string, name: string, version: string): string {
  return `${registry}${name}/-/${name.replace(/^@[^/]*\//, '')}-${version.replace(/\+.*$/, '')}.tgz`;
}

/** The path from one folder to another place, both relative to the same root. */
export function relativePath(fromFolder: string, to: string): string {
  const from = fromFolder.split('/').filter((part) => part !== '');
  const target = to.split('/').filter((part) => part !== '');
  let same = 0;
  while (same < from.length && same < target.length && from[same] === target[same]) same++;
  return [...from.slice(same).map(() => '..'), ...target.slice(same)].join('/') || '.';
}

/** `a/b/../c`, `./c` → plain. Leading `..` stay. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/**
 * Whether a tarball is where its registry keeps them: then lockfiles need not say where. Mirrors and baked folders give the addresses of the
 * registry they stand for, so the host says nothing.
 */
export function isUsualAddress(address: string | undefined, name: string, version: string): boolean {
  return address === undefined || address.replace(/%2f/gi, '/').endsWith(tarballAddress('/', name, version));
}

/** Whether an address is of the registry that all managers ask by default. */
export function isDefaultRegistry(address: string): boolean {
  return URL.canParse(address) && new URL(address).hostname.endsWith('.npmjs.org');
}
