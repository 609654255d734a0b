/** Files of containers that readers may not change, by whatever element. Programs and scripts may. */

const rules = new WeakMap<object, Set<(path: string) => boolean>>();

/** Tells `change` when other files are protected than before, of some container. */
export const protections = new EventTarget();

/** Protects files of a container, until the returned function is called. `files` are its `WorkingFiles`. */
export function protect(files: object, matches: (path: string) => boolean): () => void {
  const all = rules.get(files) ?? new Set();
  rules.set(files, all.add(matches));
  protections.dispatchEvent(new Event('change'));
  return () => {
    all.delete(matches);
    protections.dispatchEvent(new Event('change'));
  };
}

export function isProtected(files: object | undefined, path: string): boolean {
  const all = files === undefined ? undefined : rules.get(files);
  return all !== undefined && [...all].some((matches) => matches(path));
}
