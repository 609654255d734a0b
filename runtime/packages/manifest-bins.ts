/** Which files of a package are commands, as npm reads it from `package.json`. */

export interface ManifestBins {
  readonly name?: unknown;
  readonly bin?: unknown;
  readonly directories?: unknown;
}

/** Paths of the files that are there. */
export function binPaths(manifest: ManifestBins, files: readonly { readonly path: string }[]): ReadonlySet<string> {
  const { bin, directories } = manifest;
  const wanted = new Set<string>();
  if (typeof bin === 'string') wanted.add(contained(bin));
  else if (typeof bin === 'object' && bin !== null) {
    for (const path of Object.values(bin)) if (typeof path === 'string') wanted.add(contained(path));
  }
  const folder = (directories as { readonly bin?: unknown } | null | undefined)?.bin;
  const below = bin === undefined && typeof folder === 'string' ? `${contained(folder)}/` : undefined;
  const found = new Set<string>();
  for (const { path } of files) {
    if (wanted.has(path) || (below !== undefined && path.startsWith(below) && !/(?:^|\/)\./.test(path.slice(below.length))))
      found.add(path);
  }
  return found;
}

/** `join('/', path)` without the slash: what climbs stays inside. */
function contained(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
