/** Files that come from the reader's own computer. */

export interface IncomingFile {
  /** From the folder they are dropped on. */
  readonly path: string;
  /** Undefined for a folder, which is named only if nothing is in it. */
  readonly file: File | undefined;
}

/** A path as the browser gives it, without parts that lead elsewhere. Empty if nothing is left. */
export function safePath(path: string): string {
  return path
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
    .join('/');
}

export function filesOfInput(list: Iterable<File>): readonly IncomingFile[] {
  return [...list].map((file) => ({ path: safePath(file.webkitRelativePath || file.name), file })).filter(({ path }) => path !== '');
}

/** What is dropped, folders with all that is in them. Call it in the event's own task: later the browser gives nothing away. */
export async function filesOfDrop(transfer: DataTransfer): Promise<readonly IncomingFile[]> {
  const entries = [...transfer.items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry() ?? []) : []));
  // What a script put there has no entry. Of a folder there is a file as well, which cannot be read.
  if (entries.length === 0) return filesOfInput(transfer.files);
  const found: IncomingFile[] = [];
  for (const entry of entries) await collect(entry, '', found);
  return found;
}

async function collect(entry: FileSystemEntry, folder: string, found: IncomingFile[]): Promise<void> {
  const path = safePath(`${folder}/${entry.name}`);
  if (path === '') return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path, file });
    return;
  }
  const before = found.length;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // At most a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    for (const one of some) await collect(one, path, found);
  }
  if (found.length === before) found.push({ path, file: undefined });
}

interface DirectoryHandle {
  readonly kind: 'directory';
  readonly name: string;
  values(): AsyncIterable<DirectoryHandle | { readonly kind: 'file'; readonly name: string; getFile(): Promise<File> }>;
}

/** A folder that the reader picks; undefined where the browser has no such dialog: then an input of the page asks. */
export async function pickFolder(): Promise<readonly IncomingFile[] | undefined> {
  const { showDirectoryPicker } = window as { showDirectoryPicker?: () => Promise<DirectoryHandle> };
  if (showDirectoryPicker === undefined) return undefined;
  const found: IncomingFile[] = [];
  const walk = async (handle: DirectoryHandle, folder: string) => {
    const before = found.length;
    for await (const one of handle.values()) {
      const path = safePath(`${folder}/${one.name}`);
      if (one.kind === 'directory') await walk(one, path);
      else found.push({ path, file: await one.getFile() });
    }
    if (found.length === before) found.push({ path: folder, file: undefined });
  };
  const root = await showDirectoryPicker.call(window);
  await walk(root, root.name);
  return found;
}
