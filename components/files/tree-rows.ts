/** The rows of the tree: what is listed in the folders that are open, in the order they are seen. */
import type { FileChange } from '../shared/working-files.ts';

export interface TreeEntry {
  /** From the working directory. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly change?: FileChange | undefined;
  readonly readonly: boolean;
}

export interface Row extends TreeEntry {
  /** Counted from 1, as the place in its folder. */
  readonly level: number;
  readonly position: number;
  readonly size: number;
  /** Of a folder. */
  readonly open: boolean;
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Empty for what is in the working directory itself. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Folders first; numbers in names by their value. */
export function compareEntries(one: TreeEntry, other: TreeEntry): number {
  if (one.kind !== other.kind) return one.kind === 'folder' ? -1 : 1;
  return nameOf(one.path).localeCompare(nameOf(other.path), undefined, { numeric: true });
}

export function rowsOf(listings: ReadonlyMap<string, readonly TreeEntry[]>, open: ReadonlySet<string>): readonly Row[] {
  const rows: Row[] = [];
  const add = (folder: string, level: number) => {
    const entries = listings.get(folder) ?? [];
    entries.forEach((entry, index) => {
      const isOpen = entry.kind === 'folder' && open.has(entry.path);
      rows.push({ ...entry, level, position: index + 1, size: entries.length, open: isOpen });
      if (isOpen) add(entry.path, level + 1);
    });
  };
  add('', 1);
  return rows;
}

/** What a key of the tree asks for. */
export type TreeMove = { readonly focus: number } | { readonly toggle: string };

/** The keys of the APG's tree, apart from those that act on files. Undefined for others. */
export function moveOf(key: string, rows: readonly Row[], index: number, leftToRight: boolean): TreeMove | undefined {
  const row = rows[index];
  if (row === undefined) return undefined;
  switch (key) {
    case 'ArrowDown':
      return { focus: Math.min(index + 1, rows.length - 1) };
    case 'ArrowUp':
      return { focus: Math.max(index - 1, 0) };
    case 'Home':
      return { focus: 0 };
    case 'End':
      return { focus: rows.length - 1 };
    case leftToRight ? 'ArrowRight' : 'ArrowLeft':
      if (row.kind !== 'folder') return { focus: index };
      if (!row.open) return { toggle: row.path };
      return { focus: (rows[index + 1]?.level ?? 0) > row.level ? index + 1 : index };
    case leftToRight ? 'ArrowLeft' : 'ArrowRight': {
      if (row.open) return { toggle: row.path };
      const parent = rows.findIndex(({ path }) => path === folderOf(row.path));
      return { focus: parent < 0 ? index : parent };
    }
    default:
      return undefined;
  }
}

/** The next row whose name begins with what was typed; a single letter goes on from row to row. */
export function rowByName(rows: readonly Row[], index: number, typed: string): number | undefined {
  const text = typed.toLocaleLowerCase();
  const start = text.length === 1 ? index + 1 : index;
  for (let step = 0; step < rows.length; step++) {
    const at = (start + step) % rows.length;
    if (nameOf(rows[at]!.path).toLocaleLowerCase().startsWith(text)) return at;
  }
  return undefined;
}
