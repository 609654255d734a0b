import type { Container } from '../../runtime/index.ts';
import { EditRecord } from './edit-record.ts';
import type { Edit } from './edit-record.ts';
import { BvElementError, messageOf } from './element-error.ts';
import { FolderFollowers } from './folder-followers.ts';
import type { FolderListener } from './folder-followers.ts';

/** A file of the author's: text, bytes (of text, maybe), or where a symbolic link leads. */
export type AuthorFile = string | Uint8Array | { readonly symlink: string };

/** `change`: `path` has other contents than before, by a program or the author. `edit`: by the reader, through {@link WorkingFiles}. */
export class WorkingFileEvent extends Event {
  readonly path: string;
  /** Of an edit that moved a file: where it was. */
  readonly from: string | undefined;

  constructor(type: 'change' | 'edit', path: string, from?: string) {
    super(type);
    this.path = path;
    this.from = from;
  }
}

/** What became of a file of the author's, or that it is none. */
export type FileChange = 'added' | 'modified' | 'deleted';

/** A path and all below it. */
function within(folder: string): (path: string) => boolean {
  return (path) => path === folder || path.startsWith(`${folder}/`);
}

/** A file that is open in an editor, once the container runs. */
interface OpenFile {
  text: string | undefined;
  readonly watcher: { close(): void };
  /** Writes on their way: what the container holds until they arrive is older than `text`. */
  writing: number;
}

/**
 * The files of a container as its editors see them, before it boots and after.
 *
 * Before: the author's files under the reader's recorded edits. After: the container's own files; an edit is recorded as
 * `dirty` first, written to the container, and `clean` when the container holds it durably. So there is one way to change
 * a file of a booted container, and an edit survives a page that closes at any moment. Where the browser lets nothing be recorded, the
 * first edit is followed by an event `unkept`.
 */
export class WorkingFiles extends EventTarget {
  #authored = new Map<string, AuthorFile>();
  #record = new EditRecord(undefined);
  #container: Container | undefined;
  readonly #open = new Map<string, OpenFile>();
  #beforeReset: Blob | undefined;
  /** How many editors show a file. */
  readonly #users = new Map<string, number>();
  readonly #followers = new FolderFollowers();

  /** The author's files. */
  get authored(): ReadonlyMap<string, AuthorFile> {
    return this.#authored;
  }

  /** The author's files, and the name under which edits are kept. Not for a container that is booted. */
  load(files: ReadonlyMap<string, AuthorFile>, persist: string | undefined): void {
    const before = this.#authored;
    const record = this.#record;
    this.#authored = new Map(files);
    this.#record = new EditRecord(persist, () => this.dispatchEvent(new Event('unkept')));
    // What was edited while files were still being parsed or fetched.
    for (const [path, edit] of record.edits) if (edit.dirty && this.#record.get(path) === undefined) this.#record.set(path, edit);
    for (const path of new Set([...before.keys(), ...files.keys()])) this.#changed(path);
    this.#followers.use(this.#container);
  }

  /**
   * The files that are known, without those that were deleted: the author's and the reader's. A path that ends with a slash is an
   * empty folder. Of a booted container it leaves out what its programs made: there `fs.readdir` tells.
   */
  get paths(): ReadonlySet<string> {
    const paths = new Set(this.#authored.keys());
    for (const [path, { text }] of this.#record.edits) {
      if (text === null) paths.delete(path);
      else paths.add(path);
    }
    return paths;
  }

  /** How `path` differs from the author's, as far as it is known: of a booted container, files that are or were shown. */
  changeOf(path: string): FileChange | undefined {
    const edit = this.#record.get(path);
    if (edit === undefined) return undefined;
    if (edit.text === null) return 'deleted';
    return this.#authored.has(path) ? 'modified' : 'added';
  }

  /** Calls `listener` when something directly in `folder` changes, whoever does it. Until the returned function is called. */
  follow(folder: string, listener: FolderListener, options: { readonly recursive?: boolean } = {}): () => void {
    return this.#followers.add(folder, listener, options);
  }

  /** Text of a file, undefined if there is none or it is not text. */
  read(path: string): string | undefined {
    if (this.#container !== undefined && this.#open.has(path)) return this.#open.get(path)?.text;
    const edit = this.#record.get(path);
    return edit === undefined ? this.#authorsText(path) : (edit.text ?? undefined);
  }

  /** Whether `path` is a file whose bytes are not text. */
  isBinary(path: string): boolean {
    return this.#record.get(path) === undefined && this.#authored.get(path) instanceof Uint8Array && this.#authorsText(path) === undefined;
  }

  /** Decoded when it is asked for: of an archive with thousands of files, an editor shows one. */
  #authorsText(path: string): string | undefined {
    const file = this.#authored.get(path);
    if (!(file instanceof Uint8Array)) return typeof file === 'string' ? file : undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
    } catch {
      return undefined; // Not text.
    }
  }

  /** Whether the reader changed anything that is known here. */
  get edited(): boolean {
    return this.#record.edits.size > 0;
  }

  /** Keeps `path` up to date with the container until the returned function is called. */
  use(path: string): () => void {
    this.#users.set(path, (this.#users.get(path) ?? 0) + 1);
    if (this.#container !== undefined) void this.#watch(path, this.#container);
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      const left = (this.#users.get(path) ?? 1) - 1;
      if (left > 0) this.#users.set(path, left);
      else {
        this.#users.delete(path);
        this.#open.get(path)?.watcher.close();
        this.#open.delete(path);
      }
    };
  }

  /** The reader's edit. Rejects if a booted container refuses it; it is recorded all the same. */
  async write(path: string, text: string): Promise<void> {
    const container = this.#container;
    const open = this.#open.get(path);
    if (open !== undefined) open.text = text;
    if (container?.notKept !== true) this.#recordText(path, text);
    this.#edited(path);
    if (container === undefined) return;
    await this.#put(container, path, text);
  }

  /** Makes a folder and those around it. */
  async makeFolder(path: string): Promise<void> {
    const container = this.#container;
    if (container === undefined) this.#record.set(`${path}/`, { text: '', dirty: true });
    else {
      await container.fs.mkdir(path, { recursive: true });
      await container.sync();
    }
    this.#edited(path);
  }

  /**
   * The reader deletes a file, or a folder with all that is in it. Rejects if a booted container refuses it; then nothing is changed.
   *
   * With a path for `aside`, a booted container puts it there. What is resolved undoes it, as long as that is not deleted.
   */
  async remove(path: string, { aside }: { readonly aside?: string | undefined } = {}): Promise<() => Promise<void>> {
    const container = this.#container;
    const gone = this.#known(within(path));
    const before = this.#record.edits;
    const putBack = () => this.#record.change(() => gone.forEach((one) => this.#putBack(one, before.get(one))));
    const tell = () => (gone.length === 0 ? [path] : gone).forEach((one) => this.#edited(one));
    if (container?.notKept !== true) this.#record.change(() => gone.forEach((one) => this.#recordRemoval(one)));
    if (container !== undefined) {
      try {
        if (aside === undefined) await container.fs.rm(path, { recursive: true, force: true });
        else await container.fs.rename(path, aside);
        await container.sync();
      } catch (error) {
        putBack();
        throw error;
      }
      this.#record.change(() => gone.forEach((one) => this.#mirrorRemoval(one, container)));
    }
    tell();
    return async () => {
      if (container !== this.#container)
        throw new BvElementError('ERR_BV_UNSUPPORTED', `Cannot bring ${JSON.stringify(path)} back any more`);
      if (container !== undefined && aside !== undefined) {
        await container.fs.rename(aside, path);
        await container.sync();
      }
      putBack();
      tell();
    };
  }

  /** Whether something at or below `path` is no text: before a boot only text can be moved, because only that can be recorded. */
  holdsBytes(path: string): boolean {
    return [...this.paths].some((one) => within(path)(one) && !one.endsWith('/') && this.read(one) === undefined);
  }

  /**
   * The reader moves a file or a folder. What is at `to` is replaced by a file.
   *
   * @throws {PosixError} of a booted container; then nothing is changed. @throws {BvElementError} `ERR_BV_UNSUPPORTED` before a
   *   boot if {@link holdsBytes}.
   */
  async move(from: string, to: string): Promise<void> {
    const container = this.#container;
    if (container === undefined && this.holdsBytes(from)) {
      throw new BvElementError('ERR_BV_UNSUPPORTED', `Cannot move ${JSON.stringify(from)} before a boot: it is not text`);
    }
    const moved = this.#known(within(from)).map((path) => ({ path, next: `${to}${path.slice(from.length)}` }));
    const texts = new Map<string, string | undefined>(moved.map(({ path }) => [path, this.read(path)]));
    if (container !== undefined) {
      await container.fs.mkdir(to.slice(0, Math.max(to.lastIndexOf('/'), 0)) || '.', { recursive: true });
      await container.fs.rename(from, to);
      await container.sync();
      // Programs may have written to those that nobody shows.
      for (const { path, next } of moved)
        if (texts.get(path) !== undefined) texts.set(path, await container.fs.readFile(next, 'utf8').catch(() => undefined));
    }
    this.#record.change(() => {
      for (const { path, next } of moved) {
        const text = texts.get(path);
        if (container === undefined) {
          this.#recordText(next, text ?? '');
          this.#recordRemoval(path);
        } else if (!container.notKept) {
          if (text !== undefined) this.#mirror(next, text);
          this.#mirrorRemoval(path, container);
        }
      }
    });
    const told = moved.length === 0 ? [{ path: from, next: to }] : moved;
    for (const { path, next } of told) {
      this.#edited(next, path);
      this.#edited(path);
    }
  }

  #known(matches: (path: string) => boolean): readonly string[] {
    return [...this.paths].filter(matches);
  }

  #recordText(path: string, text: string): void {
    const before = this.#record.get(path);
    const kept = this.#container !== undefined || before?.dirty === false || before?.kept === true;
    if (!kept && this.#authorsText(path) === text) this.#record.delete(path);
    else this.#record.set(path, { text, dirty: true, ...(kept ? { kept } : {}) });
  }

  #recordRemoval(path: string): void {
    const before = this.#record.get(path);
    const kept = this.#container !== undefined || before?.dirty === false || before?.kept === true;
    if (!kept && !this.#authored.has(path)) this.#record.delete(path);
    else this.#record.set(path, { text: null, dirty: true, ...(kept ? { kept } : {}) });
  }

  #mirrorRemoval(path: string, container: Container): void {
    if (container.notKept) return;
    if (this.#authored.has(path)) this.#record.set(path, { text: null, dirty: false });
    else this.#record.delete(path);
  }

  #putBack(path: string, edit: Edit | undefined): void {
    if (edit === undefined) this.#record.delete(path);
    else this.#record.set(path, edit);
  }

  /** What a script does to a file in the reader's place: kept as an edit is, and shown by editors. Null deletes the file. */
  async replace(path: string, text: string | null): Promise<void> {
    if ((this.read(path) ?? null) === text) return;
    const writing = text === null ? this.remove(path) : this.write(path, text);
    const open = this.#open.get(path);
    if (open !== undefined) open.text = text ?? undefined;
    this.#changed(path);
    await writing;
  }

  async #put(container: Container, path: string, text: string): Promise<void> {
    const open = this.#open.get(path);
    if (open !== undefined) open.writing += 1;
    try {
      const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      if (folder !== '') await container.fs.mkdir(folder, { recursive: true });
      await container.fs.writeFile(path, text);
      await container.sync();
    } finally {
      if (open !== undefined) open.writing -= 1;
    }
    if (container !== this.#container || container.notKept) return;
    const edit = this.#record.get(path);
    if (edit?.dirty === true && edit.text === text) this.#mirror(path, text);
    if (open?.writing === 0) await this.#refresh(path, container);
  }

  /** Records what the container holds durably. */
  #mirror(path: string, text: string): void {
    if (text === this.#authorsText(path)) this.#record.delete(path);
    else this.#record.set(path, { text, dirty: false });
  }

  /** From now on `container` has the files. Brings it what it does not know yet: a reset, and edits made before. */
  async attach(container: Container): Promise<void> {
    if (this.#record.startsOver) {
      if (container.restored) {
        this.#beforeReset = await container.snapshot();
        await container.reset();
      }
      this.#record.startsOver = false;
    }
    const dirty = [...this.#record.edits].filter(([, edit]) => edit.dirty);
    this.#container = container;
    for (const path of this.#users.keys()) void this.#watch(path, container);
    for (const [path, { text }] of dirty) await this.#bring(container, path, text);
    this.#followers.use(container);
  }

  /**
   * Another page of the same name changed what is kept: shows it, and brings it to a booted container. A container that is a copy
   * keeps nothing, and is left alone.
   */
  async adopt(): Promise<void> {
    const container = this.#container;
    if (container?.notKept === true) return;
    const paths = this.#record.adopt();
    if (container === undefined) {
      for (const path of paths) this.#changed(path);
      return;
    }
    if (this.#record.startsOver) {
      await container.reset();
      this.#record.startsOver = false;
      await this.refresh();
    }
    for (const path of paths) {
      const edit = this.#record.get(path);
      if (container !== this.#container || edit?.dirty !== true) continue;
      const open = this.#open.get(path);
      if (open !== undefined) open.text = edit.text ?? undefined;
      this.#changed(path);
      await this.#bring(container, path, edit.text);
    }
  }

  /** Makes the container's `path` what the reader made of it before. */
  async #bring(container: Container, path: string, text: string | null): Promise<void> {
    if (text !== null && !path.endsWith('/')) {
      await this.#put(container, path, text);
      return;
    }
    if (text === null) await container.fs.rm(path, { force: true, recursive: true });
    else await container.fs.mkdir(path.slice(0, -1), { recursive: true });
    await container.sync();
    if (container === this.#container && this.#record.get(path)?.text === text) this.#mirrorRemoval(path, container);
  }

  /** The container is gone; the record shows what is known of it. */
  detach(): void {
    this.#container = undefined;
    this.#beforeReset = undefined;
    for (const { watcher } of this.#open.values()) watcher.close();
    this.#open.clear();
    this.#followers.use(undefined);
  }

  /** Forgets the reader's edits. A booted container resets its own files first; that of the next boot will. */
  async reset(): Promise<void> {
    this.#record.clear();
    if (this.#container === undefined) this.#record.startsOver = true;
    await this.refresh();
  }

  /** What the reader changed, to be recorded again by {@link restore}; null for what was deleted. */
  get edits(): ReadonlyMap<string, string | null> {
    return new Map([...this.#record.edits].flatMap(([path, { text }]) => (path.endsWith('/') ? [] : [[path, text]])));
  }

  /** Undoes a {@link reset} that was made before the boot, also after it. */
  async restore(edits: ReadonlyMap<string, string | null>): Promise<void> {
    const container = this.#container;
    this.#record.startsOver = false;
    if (container !== undefined && this.#beforeReset !== undefined) await container.restore(this.#beforeReset);
    for (const [path, text] of edits) {
      if (container === undefined) this.#record.set(path, { text, dirty: true, kept: true });
      else {
        await this.#bring(container, path, text);
        if (text === null) this.#mirrorRemoval(path, container);
      }
    }
    await this.refresh();
  }

  /** Looks at all files again that are shown. */
  async refresh(): Promise<void> {
    const container = this.#container;
    this.#followers.use(container);
    for (const path of this.#users.keys()) {
      if (container === undefined) {
        this.#changed(path);
        continue;
      }
      this.#open.get(path)?.watcher.close();
      this.#open.delete(path);
      await this.#watch(path, container);
      this.#changed(path);
    }
  }

  async #watch(path: string, container: Container): Promise<void> {
    if (this.#open.has(path)) return;
    const text = this.read(path);
    // Its folder: a watcher of the file itself would end with it, and programs save by renaming another file over it.
    const name = path.slice(path.lastIndexOf('/') + 1);
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '.';
    const watcher = container.fs.watch(folder, (_event, changed) => {
      if (changed === name) void this.#refresh(path, container);
    });
    this.#open.set(path, { text, watcher, writing: 0 });
    await this.#refresh(path, container);
  }

  async #refresh(path: string, container: Container): Promise<void> {
    const open = this.#open.get(path);
    if (open === undefined || open.writing > 0) return;
    let text: string | undefined;
    try {
      text = await container.fs.readFile(path, 'utf8');
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') {
        if (this.#container === container) console.warn(`bavini: cannot read ${JSON.stringify(path)}: ${messageOf(error)}`);
        return;
      }
    }
    if (this.#container !== container || this.#open.get(path) !== open || open.writing > 0 || open.text === text) return;
    open.text = text;
    if (!container.notKept) {
      if (text !== undefined) this.#mirror(path, text);
      else if (this.#authored.has(path)) this.#record.set(path, { text: null, dirty: false });
      else this.#record.delete(path);
    }
    this.#changed(path);
  }

  #changed(path: string): void {
    this.dispatchEvent(new WorkingFileEvent('change', path));
    this.#followers.tell(path);
  }

  #edited(path: string, from?: string): void {
    this.dispatchEvent(new WorkingFileEvent('edit', path, from));
    this.#followers.tell(path);
  }
}
