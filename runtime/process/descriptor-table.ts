/** The descriptors of one process. Several may share one open description, which is closed with the last of them. */
import { PosixError } from '../base/errors.ts';
import type { Fd, Handle } from '../base/ids.ts';
import type { SharedOffsetId } from '../wires/change.ts';
import type { FdTransfer, StreamKind, TtySize } from '../wires/process-wire.ts';
import type { OpenFile } from '../fs/open-file.ts';
import type { Descriptors, FdInfo } from './syscalls.ts';

export interface FileDescription {
  readonly kind: 'file';
  readonly file: OpenFile;
}

export interface StreamDescription {
  readonly kind: 'stream';
  readonly stream: StreamKind;
  readonly handle: Handle;
  readonly size: TtySize | undefined;
  /** Bytes posted by synchronous writes that the kernel has not accepted yet. */
  unaccepted: number;
  /** What the last synchronous write came to, once it is known to have failed. */
  failed: PosixError | undefined;
}

export type Description = FileDescription | StreamDescription;

/** What the table needs of its process. */
export interface DescriptorOwner {
  readonly maxOpen: number;
  closeHandle(handle: Handle): void;
  allocateShared(): SharedOffsetId;
}

export class DescriptorTable implements Descriptors {
  readonly #slots: (Description | undefined)[] = [];
  readonly #references = new Map<Description, number>();
  readonly #owner: DescriptorOwner;

  constructor(owner: DescriptorOwner) {
    this.#owner = owner;
  }

  /** @throws {PosixError} `EBADF` */
  get(fd: Fd): Description {
    const description = this.#slots[fd];
    if (description === undefined) throw new PosixError('EBADF');
    return description;
  }

  has(fd: Fd): boolean {
    return this.#slots[fd] !== undefined;
  }

  /** Takes the lowest free descriptor, or `at`, whose old description is closed. @throws {PosixError} `EMFILE`, `EBADF` */
  add(description: Description, at?: Fd): Fd {
    let fd = at ?? 0;
    if (at === undefined) while (this.#slots[fd] !== undefined) fd++;
    if (!Number.isInteger(fd) || fd < 0 || fd >= this.#owner.maxOpen) throw new PosixError(at === undefined ? 'EMFILE' : 'EBADF');
    const old = this.#slots[fd];
    this.#references.set(description, (this.#references.get(description) ?? 0) + 1);
    this.#slots[fd] = description;
    if (old !== undefined) this.#release(old);
    return fd;
  }

  addFile(file: OpenFile, at?: Fd): Fd {
    try {
      return this.add({ kind: 'file', file }, at);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  adopt(stream: StreamKind, handle: Handle, at?: Fd, size?: TtySize): Fd {
    return this.add({ kind: 'stream', stream, handle, size, unaccepted: 0, failed: undefined }, at);
  }

  /** @throws {PosixError} `EBADF` */
  close(fd: Fd): void {
    const description = this.get(fd);
    this.#slots[fd] = undefined;
    this.#release(description);
  }

  closeAll(): void {
    for (let fd = 0; fd < this.#slots.length; fd++) if (this.#slots[fd] !== undefined) this.close(fd);
  }

  info(fd: Fd): FdInfo | undefined {
    const description = this.#slots[fd];
    if (description === undefined) return undefined;
    if (description.kind === 'file') return { kind: 'file', path: description.file.path, flags: description.file.flags };
    const { stream, handle, size } = description;
    return { kind: 'stream', stream, handle, ...(size === undefined ? {} : { size }) };
  }

  list(): readonly Fd[] {
    return [...this.#slots.keys()].filter((fd) => this.#slots[fd] !== undefined);
  }

  duplicate(from: Fd, to?: Fd): Fd {
    const description = this.get(from);
    return to === from ? to : this.add(description, to);
  }

  transfer(from: Fd, as: Fd): FdTransfer {
    const description = this.get(from);
    if (description.kind === 'stream') {
      const { stream, handle } = description;
      return { fd: as, kind: 'stream', stream, handle };
    }
    const { file } = description;
    const { ino, shared } = file.share(() => this.#owner.allocateShared());
    return { fd: as, kind: 'file', ino, shared, flags: file.flags, path: file.path };
  }

  #release(description: Description): void {
    const left = (this.#references.get(description) ?? 1) - 1;
    if (left > 0) {
      this.#references.set(description, left);
      return;
    }
    this.#references.delete(description);
    if (description.kind === 'file') description.file.close();
    else this.#owner.closeHandle(description.handle);
  }
}
