/** Paths as text, with slashes. What `node:path` does on Linux, without a process: bases are absolute. */

/** Without `.`, `..`, doubled and trailing slashes. A relative path may keep leading `..`; an empty one is `.`. */
export function normalizePath(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push(part);
  }
  const text = parts.join('/');
  return absolute ? `/${text}` : text === '' ? '.' : text;
}

/** The last absolute one of `paths` with what follows it; `base` is absolute. */
export function resolvePath(base: string, ...paths: readonly string[]): string {
  let path = base;
  for (const next of paths) path = next.startsWith('/') ? next : `${path}/${next}`;
  return normalizePath(path);
}

export function joinPath(...paths: readonly string[]): string {
  return normalizePath(paths.filter((path) => path !== '').join('/'));
}

export function dirName(path: string): string {
  const end = path.replace(/\/+$/, '').lastIndexOf('/');
  return end < 0 ? '.' : end === 0 ? '/' : path.slice(0, end);
}

export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** How to reach `to` from the folder `from`, both absolute; empty if they are the same. */
export function relativePath(from: string, to: string): string {
  const [a, b] = [from, to].map((path) => normalizePath(path).split('/').filter(Boolean)) as [string[], string[]];
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return [...a.slice(common).map(() => '..'), ...b.slice(common)].join('/');
}

/** Whether `path` is `folder` or something in it. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** `path`, the folder it is in, and so on to the root. */
export function* upwards(path: string): Generator<string, void, undefined> {
  for (let folder = path; ; folder = dirName(folder)) {
    yield folder;
    if (folder === '/' || folder === '.') return;
  }
}
