/** `glob` for npm's code: workspaces (`packages/*`, folders only) and the files of `directories.bin`. */
import { minimatch } from 'minimatch';
import { S_IFDIR, S_IFLNK } from '../../../../base/file-mode.ts';
import { session } from '../session.ts';

interface GlobOptions {
  readonly cwd: string;
  readonly ignore?: readonly string[];
}

/** Paths relative to `cwd`. Never descends into `node_modules`, nor through links save by a name or `*`. */
export function glob(patterns: string | readonly string[], { cwd, ignore = [] }: GlobOptions): Promise<string[]> {
  const { overlay } = session();
  const wanted = [patterns].flat().map((pattern) => ({ pattern: pattern.replace(/\/+$/, ''), foldersOnly: pattern.endsWith('/') }));
  const found = new Set<string>();
  const isFolder = (path: string) => {
    try {
      return (overlay.stat(path, false).mode & S_IFDIR) === S_IFDIR;
    } catch {
      return false; // A link to nowhere.
    }
  };
  const walk = (folder: string, depth: number) => {
    for (const { name, type } of overlay.list(folder === '' ? cwd : `${cwd}/${folder}`)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (name === 'node_modules' || ignore.some((pattern) => minimatch(path, pattern) || minimatch(`${path}/`, pattern))) continue;
      const descends = type === S_IFDIR || (type === S_IFLNK && isFolder(`${cwd}/${path}`));
      for (const { pattern, foldersOnly } of wanted) if (minimatch(path, pattern) && (descends || !foldersOnly)) found.add(path);
      const throughLink = type === S_IFLNK;
      const goesOn = wanted.some(
        ({ pattern }) =>
          minimatch(path, pattern, { partial: true }) &&
          !(
            throughLink &&
            pattern
              .split('/')
              .slice(0, depth + 1)
              .includes('**')
          ),
      );
      if (descends && goesOn) walk(path, depth + 1);
    }
  };
  if (isFolder(cwd)) walk('', 0);
  return Promise.resolve([...found]);
}
