/**
 * A worker cannot block, so a process that reads its standard input synchronously before the bytes are there begins anew, as the
 * same process in another worker, once there are more (`exec` of itself). That is sound as long as nothing but output of it was seen:
 * what it wrote is then not written again, and must be the same.
 */
import { BvError } from '../base/errors.ts';
import type { Fd, Handle } from '../base/ids.ts';
import type { ProcessStart } from '../wires/process-wire.ts';

/** In the environment of the attempt after, where the program does not see it. */
const variable = 'BAVINI_ATTEMPT';

/** Bytes of standard input, and reads of it, that a process may begin anew after. */
const maxInput = 64 * 1024 * 1024;
const maxReads = 20_000;

/** What was written to one descriptor: its length, and two sums that tell one text from another. */
interface Written {
  length: number;
  a: number;
  b: number;
}

interface Earlier {
  readonly count: number;
  /** What each read of the input gave: the same reads must give the same again, whatever has come since. */
  readonly reads: readonly number[];
  readonly output: readonly (readonly [fd: Fd, length: number, a: number, b: number])[];
  /** What it had to know; if absent, it lacked input. */
  readonly question?: Question;
  readonly answers: readonly (readonly [Question, boolean])[];
}

/**
 * What a process asks that cannot wait for the answer: whether there is a process of that id; whether the layers are here that
 * its children need, or all of its program's library, or a mailbox.
 */
export type Question = `process ${number}` | 'layers' | 'library' | 'mailbox';

function add(written: Written, bytes: Uint8Array): void {
  let { a, b } = written;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ ((byte << 5) | (byte >>> 3)), 0x01000193);
  }
  Object.assign(written, { length: written.length + bytes.length, a, b });
}

function parse(text: string | undefined): Earlier | undefined {
  if (text === undefined) return undefined;
  try {
    const earlier = JSON.parse(text) as Earlier;
    const { count, reads, output, answers } = earlier;
    if ([count, ...reads, ...output.flat()].every(Number.isInteger) && Array.isArray(answers)) return earlier;
  } catch {
    // Something of the user's own by that name.
  }
  return undefined;
}

export class Attempt {
  /** Without what one attempt tells the next. */
  readonly start: ProcessStart;
  readonly earlier: Earlier | undefined;
  readonly #before = new Map<Fd, Written>();
  readonly #written = new Map<Fd, Written>();
  readonly #fds = new Map<Handle, Fd>();
  /** What the program has read of its input, and how much each read gave. */
  #input: Uint8Array[] = [];
  readonly #reads: number[] = [];
  #inputSize = 0;
  #spoiledBy: string | undefined;
  readonly answers: Map<Question, boolean>;

  constructor(given: ProcessStart) {
    this.earlier = parse(given.env.find(([name]) => name === variable)?.[1]);
    this.answers = new Map(this.earlier?.answers);
    this.start = this.earlier === undefined ? given : { ...given, env: given.env.filter(([name]) => name !== variable) };
    for (const [fd, length, a, b] of this.earlier?.output ?? []) this.#before.set(fd, { length, a, b });
    for (const fd of given.fds) if (fd.kind === 'stream' && !this.#fds.has(fd.handle)) this.#fds.set(fd.handle, fd.fd);
    if (given.thread !== undefined) this.spoil('it is a thread');
  }

  /** Why the process cannot begin anew; undefined if it can. */
  get spoiledBy(): string | undefined {
    return this.#spoiledBy;
  }

  /** The process did something that others see, or saw something that it may not see again. */
  spoil(what: string): void {
    this.#spoiledBy ??= what;
    this.#input = [];
  }

  /** All that was read of the input, in order. */
  get input(): readonly Uint8Array[] {
    return this.#input;
  }

  /** How much the next read of the input may give. */
  get readLimit(): number {
    return this.earlier?.reads[this.#reads.length] ?? Infinity;
  }

  /** To be told of every read of the input. */
  read(bytes: Uint8Array): void {
    if (this.#spoiledBy !== undefined) return;
    this.#input.push(bytes.slice());
    this.#reads.push(bytes.length);
    this.#inputSize += bytes.length;
    if (this.#inputSize > maxInput || this.#reads.length > maxReads) this.spoil('it has read much of it already');
  }

  owns(handle: Handle): boolean {
    return this.#fds.has(handle);
  }

  /**
   * To be asked of everything that is written to a stream.
   * @returns What an attempt before has not written already.
   * @throws {BvError} `ERR_BV_UNSUPPORTED` if an attempt before wrote something else.
   */
  write(handle: Handle, bytes: Uint8Array): Uint8Array {
    if (this.#spoiledBy !== undefined && this.#before.size === 0) return bytes;
    const fd = this.#fds.get(handle);
    if (fd === undefined) {
      this.spoil('it has written to what it opened');
      return bytes;
    }
    let written = this.#written.get(fd);
    if (written === undefined) this.#written.set(fd, (written = { length: 0, a: 0x811c9dc5, b: 0x9747b28c }));
    const before = this.#before.get(fd);
    if (before === undefined) {
      add(written, bytes);
      return bytes;
    }
    const known = bytes.subarray(0, before.length - written.length);
    add(written, known);
    if (written.length < before.length) return bytes.subarray(known.length);
    this.#before.delete(fd);
    if (written.a !== before.a || written.b !== before.b) {
      throw new BvError(
        'ERR_BV_UNSUPPORTED',
        'Cannot wait for standard input: the program began anew to read more of it, and then wrote something else than before. process.stdin needs no such repetition',
      );
    }
    const rest = bytes.subarray(known.length);
    add(written, rest);
    return rest;
  }

  /** The environment of the attempt after this one. */
  next(question?: Question): ProcessStart['env'] {
    const output = [...this.#written].map(([fd, { length, a, b }]) => [fd, length, a, b] as const);
    // What was swallowed in part was written in whole before.
    for (const [fd, { length, a, b }] of this.#before) {
      const at = output.findIndex(([own]) => own === fd);
      output.splice(at < 0 ? output.length : at, at < 0 ? 0 : 1, [fd, length, a, b]);
    }
    const earlier: Earlier = {
      count: (this.earlier?.count ?? 0) + 1,
      reads: this.#reads,
      output,
      answers: [...this.answers],
      ...(question && { question }),
    };
    return [...this.start.env, [variable, JSON.stringify(earlier)]];
  }
}
