/** Dragging in the tree: its own files to another folder, and files from the reader's computer. */
import { filesOfDrop } from './incoming.ts';
import type { IncomingFile } from './incoming.ts';

const dragType = 'application/x-bavini-path';

export interface DropOptions {
  /** Of the row under the pointer; empty beside them. */
  readonly pathAt: (event: Event) => string;
  /** Where something dropped there goes. */
  readonly folderAt: (path: string) => string;
  readonly mayMove: (path: string) => boolean;
  readonly move: (from: string, folder: string) => void;
  readonly add: (folder: string, files: readonly IncomingFile[]) => void;
  readonly fail: (error: unknown) => void;
  /** Another folder is the target, or none. */
  readonly changed: () => void;
}

export class TreeDrops {
  readonly #options: DropOptions;
  #target: string | undefined;

  constructor(options: DropOptions) {
    this.#options = options;
  }

  /** The folder that what is dragged would go to; empty for the project, undefined while nothing is dragged. */
  get target(): string | undefined {
    return this.#target;
  }

  #aim(target: string | undefined): void {
    if (target === this.#target) return;
    this.#target = target;
    this.#options.changed();
  }

  readonly onStart = (event: DragEvent): void => {
    const path = this.#options.pathAt(event);
    if (!this.#options.mayMove(path)) event.preventDefault();
    else {
      event.dataTransfer?.setData(dragType, path);
      event.dataTransfer?.setData('text/plain', path);
    }
  };

  readonly onOver = (event: DragEvent): void => {
    const types = event.dataTransfer?.types ?? [];
    if (!types.includes(dragType) && !types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = types.includes(dragType) ? 'move' : 'copy';
    this.#aim(this.#options.folderAt(this.#options.pathAt(event)));
  };

  readonly onEnd = (): void => this.#aim(undefined);

  readonly onDrop = (event: DragEvent): void => {
    this.#aim(undefined);
    const { dataTransfer } = event;
    if (dataTransfer === null) return;
    event.preventDefault();
    const { pathAt, folderAt, move, add, fail } = this.#options;
    const folder = folderAt(pathAt(event));
    const from = dataTransfer.getData(dragType);
    if (from !== '') move(from, folder);
    else void filesOfDrop(dataTransfer).then((files) => add(folder, files), fail);
  };
}
