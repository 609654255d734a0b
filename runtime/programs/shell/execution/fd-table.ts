/**
 * A shell's own view of descriptors. Subshells and redirected built-ins do not fork: each has a table that maps the numbers
 * its program sees to open files of the process, which are counted and closed with their last user.
 */
import { PosixError } from '../../../base/errors.ts';
import type { Fd } from '../../../base/ids.ts';
import type { Calls } from '../../../process/streams.ts';
import { concatBytes } from '../../../base/bytes.ts';

/** One descriptor of the process, or the memory that a command substitution writes to as long as no other process does. */
export class OpenFile {
  readonly #calls: Calls;
  #users = 1;
  fd: Fd | undefined;
  readonly #chunks: Uint8Array[] = [];
  #reading: Promise<void> | undefined;
  /** Bytes read from a stream and not yet taken: `read` stops at a newline. */
  held: Uint8Array = new Uint8Array(0);

  constructor(calls: Calls, fd: Fd | undefined) {
    this.#calls = calls;
    this.fd = fd;
  }

  share(): this {
    this.#users++;
    return this;
  }

  release(): void {
    if (--this.#users > 0 || this.fd === undefined) return;
    if (this.#calls.signal.aborted) return; // The table went with the process.
    this.giveBack();
    this.#calls.syscalls.files.close(this.fd);
    this.fd = undefined;
  }

  /** Returns what was read too far to the stream, before somebody else reads it. */
  giveBack(): void {
    if (this.held.length === 0 || this.fd === undefined) return;
    const handle = this.#calls.handleOf(this.fd);
    if (handle === undefined) return;
    this.#calls.syscalls.call('unread', { handle, bytes: this.held }, () => undefined); // In order with what follows.
    this.held = new Uint8Array(0);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.fd === undefined) this.#chunks.push(bytes);
    else await this.#calls.writeFd(this.fd, bytes);
  }

  /** The descriptor to give to a process; memory becomes a pipe that is read into it. */
  async real(): Promise<Fd> {
    if (this.fd !== undefined) return this.fd;
    const { read, write } = await this.#calls.call('pipe', {});
    const { descriptors, files } = this.#calls.syscalls;
    const readFd = descriptors.adopt('pipe-read', read);
    this.fd = descriptors.adopt('pipe-write', write);
    this.#reading = (async () => {
      for (;;) {
        const bytes = await this.#calls.readFd(readFd);
        if (bytes.length === 0) break;
        this.#chunks.push(bytes);
      }
      files.close(readFd);
    })();
    this.#reading.catch(() => undefined); // Met by `collect`.
    return this.fd;
  }

  /** All that was written, when every writer is gone. */
  async collect(): Promise<Uint8Array> {
    if (this.#reading !== undefined) await this.#reading;
    return concatBytes(this.#chunks);
  }
}

export class FdTable {
  readonly #files: Map<number, OpenFile>;

  constructor(files: Map<number, OpenFile> = new Map()) {
    this.#files = files;
  }

  clone(): FdTable {
    const copy = new Map<number, OpenFile>();
    for (const [number, file] of this.#files) copy.set(number, file.share());
    return new FdTable(copy);
  }

  get(number: number): OpenFile | undefined {
    return this.#files.get(number);
  }

  /** @throws {PosixError} `EBADF`. */
  need(number: number): OpenFile {
    const file = this.#files.get(number);
    if (file === undefined) throw new PosixError('EBADF');
    return file;
  }

  /** The table owns `file` from here on. */
  put(number: number, file: OpenFile): void {
    this.#files.get(number)?.release();
    this.#files.set(number, file);
  }

  close(number: number): void {
    this.#files.get(number)?.release();
    this.#files.delete(number);
  }

  closeAll(): void {
    for (const number of [...this.#files.keys()]) this.close(number);
  }

  /** The lowest free number from 10 on, as `{name}>file` takes it. */
  free(): number {
    let number = 10;
    while (this.#files.has(number)) number++;
    return number;
  }

  entries(): [number, OpenFile][] {
    return [...this.#files];
  }
}
