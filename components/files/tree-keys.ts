/** What the keys do in the tree: those of the APG's tree, and of the reader's own file manager. */
import type { OpenFolders } from './open-folders.ts';
import type { TreeEdits } from './tree-edits.ts';
import { folderOf, moveOf, rowByName } from './tree-rows.ts';
import type { Row } from './tree-rows.ts';

export interface KeyOptions {
  readonly rows: () => readonly Row[];
  /** Of the row that has the focus, or would get it. */
  readonly index: () => number;
  readonly leftToRight: () => boolean;
  readonly folders: OpenFolders;
  readonly edits: TreeEdits;
  readonly go: (path: string) => void;
  readonly activate: (row: Row, how: { readonly keepFocus: boolean }) => void;
  readonly showMenu: () => void;
}

/** Milliseconds after which a letter begins another name. */
const typeaheadMs = 700;

export class TreeKeys {
  readonly #options: KeyOptions;
  #typed = { text: '', at: 0 };

  constructor(options: KeyOptions) {
    this.#options = options;
  }

  readonly onKey = (event: KeyboardEvent): void => {
    if ((event.target as Element).localName === 'input' || !this.#did(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Whether the key is the tree's. */
  #did(event: KeyboardEvent): boolean {
    const { rows, index, edits, activate, showMenu } = this.#options;
    const row = rows()[index()];
    const { key } = event;
    if (event.ctrlKey || event.metaKey) {
      if (key === 'x' && row !== undefined) edits.startMove(row);
      else if (key === 'v') edits.paste(row?.path ?? '');
      else return false;
    } else if (event.altKey) return false;
    else if (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) showMenu();
    else if (key === 'Escape' && edits.state.cut !== '') edits.set({ cut: '' });
    else if (row === undefined) return false;
    else if (key === 'Enter' || key === ' ') activate(row, { keepFocus: key === ' ' });
    else if (key === 'F2') edits.startRename(row);
    else if (key === 'Delete') void edits.remove(row.path);
    else if (key === '*') this.#openBeside(row);
    else return this.#moved(event);
    return true;
  }

  #openBeside({ path, level }: Row): void {
    for (const one of this.#options.rows())
      if (one.kind === 'folder' && !one.open && one.level === level && folderOf(one.path) === folderOf(path))
        this.#options.folders.open(one.path);
  }

  /** By an arrow or a name. */
  #moved({ key, timeStamp }: KeyboardEvent): boolean {
    const { folders, go, leftToRight } = this.#options;
    const rows = this.#options.rows();
    const index = this.#options.index();
    const moved = moveOf(key, rows, index, leftToRight());
    if (moved !== undefined) {
      if ('toggle' in moved) folders.toggle(moved.toggle);
      else go(rows[moved.focus]!.path);
    } else if (key.length === 1) {
      this.#typed = { text: timeStamp - this.#typed.at < typeaheadMs ? this.#typed.text + key : key, at: timeStamp };
      const found = rowByName(rows, index, this.#typed.text);
      if (found !== undefined) go(rows[found]!.path);
    } else return false;
    return true;
  }
}
