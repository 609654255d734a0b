/** A module of WebAssembly as far as its functions are run by JavaScript: types, where their code is, which of them may pause. */
import { CodeReading, sectionsOf } from './code-reading.ts';
import { resumableSource, type FunctionType, type PauseKind, type TranslatedProgram } from './resumable-source.ts';
import { skipOperands } from './operands.ts';

interface Import {
  readonly name: string;
  readonly type: number;
}

interface Calls {
  readonly functions: ReadonlySet<number>;
  /** Waits, or calls what a table holds. */
  readonly pauses: boolean;
  /** Whether it can be told in JavaScript. */
  readonly isKnown: boolean;
}

/** How a thread runs what, called natively, could not give way to JavaScript (`ThreadCode`). By its name in `wasi_snapshot_preview1`. */
const pausingImports = { sched_yield: 'giveWay', poll_oneoff: 'poll' } as const;
type PausingImport = (typeof pausingImports)[keyof typeof pausingImports];

/** Makes a function of WebAssembly for a thread. */
export type FunctionMaker = (thread: object, ...rest: readonly unknown[]) => (...values: readonly unknown[]) => Generator;

const functionType = 0x60;
/** Those of numbers are this one and above, but for vectors. */
const leastNumberType = 0x7c;
const external = { function: 0, table: 1, memory: 2, global: 3 } as const;
const waits = new Set([1, 2]);

export class ThreadProgram implements TranslatedProgram {
  readonly bytes: Uint8Array;
  readonly types: readonly FunctionType[] = [];
  /** Of those that are imported and its own. */
  readonly counts = { functions: 0, tables: 0, globals: 0 };
  readonly exportedFunctions = new Map<string, number>();
  /** By index: 1 for functions in which a thread was seen to wait. */
  readonly waiters: Uint8Array;
  /** A thread has waited, so that some of `waiters` are known. */
  hasWaited = false;
  /** JavaScript has waited for a thread, and may do so again: all that threads do is in a form that can go on then. */
  isAwaited = false;
  readonly #imports: Import[] = [];
  readonly #functionTypes: number[];
  readonly #bodies: { readonly start: number; readonly end: number }[] = [];
  readonly #calls = new Map<number, Calls>();
  readonly #pauses = new Map<number, PauseKind>();
  readonly #makers = new Map<number, FunctionMaker>();
  readonly #evaluate: (source: string, name: string) => unknown;

  /** @param evaluate Gives the value of a script. */
  constructor(bytes: Uint8Array, evaluate: (source: string, name: string) => unknown) {
    this.bytes = bytes;
    this.#evaluate = evaluate;
    const own: number[] = [];
    for (const { id, start } of sectionsOf(bytes)) {
      const reading = new CodeReading(bytes, start);
      if (id === 1) this.types = reading.each(() => this.#type(reading));
      else if (id === 2) reading.each(() => this.#import(reading));
      else if (id === 3) reading.each(() => own.push(reading.unsigned()));
      else if (id === 4) this.counts.tables += reading.unsigned();
      else if (id === 6) this.counts.globals += reading.unsigned();
      else if (id === 7) reading.each(() => this.#export(reading));
      else if (id === 10) reading.each(() => this.#body(reading));
    }
    this.#functionTypes = [...this.#imports.map(({ type }) => type), ...own];
    this.counts.functions = this.#functionTypes.length;
    this.waiters = new Uint8Array(this.counts.functions);
  }

  typeOf(index: number): FunctionType {
    return this.types[this.#functionTypes[index]!]!;
  }

  bodyOf(index: number): { readonly start: number; readonly end: number } {
    return this.#bodies[index - this.#imports.length]!;
  }

  pausing(index: number): PausingImport | undefined {
    const name = this.#imports[index]?.name;
    return name !== undefined && Object.hasOwn(pausingImports, name) ? pausingImports[name as keyof typeof pausingImports] : undefined;
  }

  pauseOf(index: number): PauseKind {
    const known = this.#pauses.get(index);
    if (known !== undefined) return known;
    const seen = new Set([index]);
    let pauses = false;
    for (const at of seen) {
      const calls = this.#callsOf(at);
      pauses = calls.pauses || (this.#pauses.get(at) ?? 'none') !== 'none';
      if (pauses) break;
      for (const called of calls.functions) if (this.#pauses.get(called) !== 'none') seen.add(called);
    }
    if (!pauses) for (const at of seen) this.#pauses.set(at, 'none');
    else this.#pauses.set(index, this.#callsOf(index).isKnown ? 'code' : 'stack');
    return this.#pauses.get(index)!;
  }

  /** For a function that pauses as code. */
  makerOf(index: number): FunctionMaker {
    const known = this.#makers.get(index);
    if (known !== undefined) return known;
    const source = `(t,m,n,c,w,k,g)=>{const I=BigInt.asIntN,U=BigInt.asUintN,F=Math.fround;return ${resumableSource(this, index)}}`;
    const made = this.#evaluate(source, `wasm-function[${index}]`) as FunctionMaker;
    this.#makers.set(index, made);
    return made;
  }

  #callsOf(index: number): Calls {
    const known = this.#calls.get(index);
    if (known !== undefined) return known;
    const calls =
      index < this.#imports.length
        ? { functions: new Set<number>(), pauses: this.pausing(index) !== undefined, isKnown: false }
        : this.#findCalls(index);
    this.#calls.set(index, calls);
    return calls;
  }

  #findCalls(index: number): Calls {
    const { start, end } = this.bodyOf(index);
    const reading = new CodeReading(this.bytes, start);
    let isKnown = this.typeOf(index).results.length <= 1;
    reading.each(() => {
      reading.unsigned();
      isKnown &&= reading.byte() >= leastNumberType;
    });
    const functions = new Set<number>();
    let pauses = false;
    const takes = ({ results }: FunctionType) => (isKnown &&= results.length <= 1);
    while (reading.at < end) {
      const code = reading.byte();
      if (code === 0x10) {
        const called = reading.unsigned();
        functions.add(called);
        takes(this.typeOf(called));
        continue;
      }
      if (code === 0x11) takes(this.types[new CodeReading(this.bytes, reading.at).unsigned()]!);
      pauses ||= code === 0x11 || (code === 0xfe && waits.has(this.bytes[reading.at]!));
      const skipped = skipOperands(reading, code);
      isKnown &&= skipped === 'known';
      if (skipped === 'unknown') return { functions, pauses: true, isKnown: false };
    }
    return { functions, pauses, isKnown };
  }

  #type(reading: CodeReading): FunctionType {
    if (reading.byte() !== functionType) throw new RangeError('it has types that are not of functions');
    return { parameters: reading.each(() => reading.byte()), results: reading.each(() => reading.byte()) };
  }

  #import(reading: CodeReading): void {
    reading.text();
    const name = reading.text();
    const kind = reading.byte();
    if (kind === external.function) this.#imports.push({ name, type: reading.unsigned() });
    else if (kind === external.table) {
      this.counts.tables++;
      reading.byte();
      this.#limits(reading);
    } else if (kind === external.memory) this.#limits(reading);
    else {
      if (kind === external.global) this.counts.globals++;
      reading.unsigned();
      reading.byte();
    }
  }

  #limits(reading: CodeReading): void {
    const flags = reading.byte();
    reading.unsigned();
    if ((flags & 1) !== 0) reading.unsigned();
  }

  #export(reading: CodeReading): void {
    const name = reading.text();
    const kind = reading.byte();
    const index = reading.unsigned();
    if (kind === external.function) this.exportedFunctions.set(name, index);
  }

  #body(reading: CodeReading): void {
    const size = reading.unsigned();
    const start = reading.at;
    reading.at += size;
    this.#bodies.push({ start, end: reading.at });
  }
}
