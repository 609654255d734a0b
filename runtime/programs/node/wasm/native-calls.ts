/**
 * Calls of native functions on stacks of their own (JavaScript Promise Integration). The promise of one that ended comes true a microtask
 * later. A thread may hold a lock at that moment, and JavaScript that waits for the lock lets no microtask run; here the end of a call is
 * told by the call itself, as the last thing that it does.
 */
import { joined, text, unsigned, withSize } from './thread-module.ts';
import type { FunctionType } from './resumable-source.ts';

type Native = (...values: readonly unknown[]) => unknown;
/** Gives a promise for what a call returns. */
type Promising = (call: WebAssembly.ExportValue) => (...values: readonly unknown[]) => Promise<unknown>;

/** One that has begun. */
export interface NativeCall {
  readonly isDone: boolean;
  /** What it gave; a list where it gives several. */
  readonly value: unknown;
  /** Calls `done` in the task in which it ends, or `failed` later. At most once. */
  then(done: () => void, failed: (error: unknown) => void): void;
}

const vector = (...entries: readonly (readonly number[])[]) => [unsigned(entries.length), ...entries];
const section = (id: number, ...entries: readonly (readonly number[])[]) => [[id], ...withSize(vector(...entries))];
const flat = (parts: readonly Iterable<number>[]) => parts.flatMap((part) => [...part]);
const typeOf = (parameters: readonly number[], results: readonly number[]) => [
  0x60,
  ...unsigned(parameters.length),
  ...parameters,
  ...unsigned(results.length),
  ...results,
];
const importOf = (name: string, type: number) => [...text('a'), ...text(name), 0, type];
const local = (instruction: number) => (index: number) => [instruction, ...unsigned(index)];

/** Calls what is imported, then tells what it gave. */
function tellingModule({ parameters, results }: FunctionType): Uint8Array<ArrayBuffer> {
  const [get, set] = [local(0x20), local(0x21)];
  const kept = results.map((_, index) => parameters.length + index);
  const locals = flat(vector(...results.map((type) => [1, type])));
  const code = [
    ...parameters.flatMap((_, index) => get(index)),
    ...[0x10, 0],
    ...kept.toReversed().flatMap(set),
    ...kept.flatMap(get),
    ...[0x10, 1],
    ...kept.flatMap(get),
    0x0b,
  ];
  return joined([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, typeOf(parameters, results), typeOf(results, [])),
    ...section(2, importOf('call', 0), importOf('tell', 1)),
    ...section(3, [0]),
    ...section(7, [...text('0'), 0, 2]),
    ...section(10, flat(withSize([[...locals, ...code]]))),
  ]);
}

/** Of one engine. */
export class NativeCalls {
  readonly #engine: Pick<typeof WebAssembly, 'Module' | 'Instance'>;
  readonly #promising: Promising;
  readonly #modules = new Map<string, WebAssembly.Module>();

  constructor(engine: Pick<typeof WebAssembly, 'Module' | 'Instance'>, promising: Promising) {
    this.#engine = engine;
    this.#promising = promising;
  }

  /** Makes calls of `native` begin, of which one at a time may be under way. */
  callerOf(native: Native, type: FunctionType): (values: readonly unknown[]) => NativeCall {
    let done: (...given: readonly unknown[]) => void = () => {};
    const tell = (...given: readonly unknown[]) => done(...given);
    const { exports } = new this.#engine.Instance(this.#moduleOf(type), { a: { call: native as WebAssembly.ImportValue, tell } });
    const call = this.#promising(exports['0']!);
    return (values) => {
      let isDone = false;
      let value: unknown;
      let told: (() => void) | undefined;
      done = (...given) => {
        isDone = true;
        value = given.length > 1 ? given : given[0];
        told?.();
      };
      const result = call(...values);
      return {
        get isDone() {
          return isDone;
        },
        get value() {
          return value;
        },
        then(whenDone, failed) {
          told = whenDone;
          result.catch(failed);
        },
      };
    };
  }

  #moduleOf(type: FunctionType): WebAssembly.Module {
    const key = `${type.parameters.join()};${type.results.join()}`;
    const known = this.#modules.get(key) ?? new this.#engine.Module(tellingModule(type));
    this.#modules.set(key, known);
    return known;
  }
}
