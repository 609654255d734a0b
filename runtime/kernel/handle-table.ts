import type { Dispose } from '../base/disposers.ts';
import { PosixError } from '../base/errors.ts';
import type { CallContext } from '../wires/rpc.ts';
import { Description, type Caller, type KernelObject } from './kernel-object.ts';
import { limitTable } from './limits.ts';
import type { Process } from './process.ts';

interface Entry {
  readonly description: Description;
  /** `null`: the page's. */
  readonly owner: Process | null;
  /** Forgets the last reply, which the caller has by now. */
  received: Dispose | undefined;
}

/** The kernel objects that one connection may name. A number means nothing in any other. */
export class HandleTable {
  readonly #entries = new Map<number, Entry>();
  readonly #maxOpen: () => number;
  #next = 1;

  /** `maxOpen`: of one process. */
  constructor(maxOpen: () => number) {
    this.#maxOpen = maxOpen;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Fails with `EMFILE` or `ENFILE` unless `count` more handles may be opened. */
  reserve(owner: Process | null, count = 1): void {
    if (owner !== null && owner.openHandles + count > this.#maxOpen()) throw new PosixError('EMFILE');
    if (this.#entries.size + count > limitTable.handlesPerConnection.value) throw new PosixError('ENFILE');
  }

  /** A new handle; closing it gives its hold on the object back, as does who cancels the call of `context` too late. */
  add(object: Description | KernelObject, owner: Process | null, context?: CallContext): number {
    return this.#add(this.#next++, object, owner, context);
  }

  /** A handle whose number the owner has chosen. Fails with `EINVAL` if it is in use. */
  addAt(handle: number, object: Description, owner: Process): number {
    if (this.#entries.has(handle)) throw new PosixError('EINVAL');
    return this.#add(handle, object, owner);
  }

  #add(handle: number, object: Description | KernelObject, owner: Process | null, context?: CallContext): number {
    this.reserve(owner);
    const description = object instanceof Description ? object : new Description(object);
    const received = context?.onLateCancel(() => this.close(handle, owner));
    this.#entries.set(handle, { description: description.retain(), owner, received });
    if (owner) owner.openHandles++;
    return handle;
  }

  /** Fails with `EBADF` for a number that is not the owner's. */
  get(handle: number, owner: Process | null): Description {
    return this.#entry(handle, owner).description;
  }

  close(handle: number, owner: Process | null): void {
    const entry = this.#entry(handle, owner);
    this.#entries.delete(handle);
    entry.received?.();
    if (owner) owner.openHandles--;
    entry.description.release();
  }

  closeAll(owner: Process | null): void {
    for (const [handle, entry] of this.#entries) if (entry.owner === owner) this.close(handle, owner);
  }

  /** Reads for `owner`. Bytes of a reply that the caller cancelled too late go back to where they came from. */
  read(handle: number, owner: Process | null, maxBytes: number, context: CallContext, caller: Caller): Uint8Array | Promise<Uint8Array> {
    const entry = this.#entry(handle, owner);
    const { object } = entry.description;
    if (!object.read) throw new PosixError('EBADF');
    entry.received?.();
    entry.received = undefined;
    const keep = (bytes: Uint8Array): Uint8Array => {
      if (bytes.length > 0 && object.unread) {
        const forget = context.onLateCancel(() => {
          entry.received = undefined;
          object.unread?.(bytes);
        });
        entry.received = forget;
      }
      return bytes;
    };
    const result = object.read(maxBytes, caller);
    // A read does not hold the object: one that was cancelled would never let go.
    return result instanceof Promise ? result.then(keep) : keep(result);
  }

  write(handle: number, owner: Process | null, bytes: Uint8Array, caller: Caller): void | Promise<void> {
    const entry = this.#entry(handle, owner);
    const { object } = entry.description;
    if (!object.write) throw new PosixError('EBADF');
    const result = object.write(bytes, caller);
    return result instanceof Promise ? this.#held(entry, result) : result;
  }

  /** A write under way keeps its object open, so that what a process wrote before it ended arrives. */
  #held<T>(entry: Entry, result: Promise<T>): Promise<T> {
    const { description } = entry;
    description.retain().calls++;
    const release = () => {
      description.calls--;
      description.release();
    };
    result.then(release, release);
    return result;
  }

  #entry(handle: number, owner: Process | null): Entry {
    const entry = this.#entries.get(handle);
    if (entry === undefined || entry.owner !== owner) throw new PosixError('EBADF');
    return entry;
  }
}
