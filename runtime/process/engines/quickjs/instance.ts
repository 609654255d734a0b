/**
 * An instance of the pinned QuickJS build (`@jitl/quickjs-wasmfile-release-sync` 0.32.0), made synchronously: the package's own
 * glue can only be awaited, and `execSync()` cannot wait. Names of imports and exports are that build's minified ones; the
 * build step refuses another version (runtime/tools/build/quickjs-wasm.ts).
 */
import type { Cell } from './engine.ts';

/** What QuickJS and the C layer over it (`QTS_…`) offer. */
export interface QuickJsExports {
  readonly initialise: () => void;
  readonly table: WebAssembly.Table;
  malloc(size: number): number;
  free(address: number): void;
  newRuntime(): number;
  newContext(runtime: number, intrinsics: number): number;
  setMaxStackSize(runtime: number, bytes: number): void;
  enableInterruptHandler(runtime: number): void;
  evaluate(context: number, code: number, length: number, filename: number, detectModule: number, flags: number): Cell;
  call(context: number, callee: Cell, receiver: Cell, count: number, args: number): Cell;
  throw(context: number, error: Cell): Cell;
  resolveException(context: number, maybe: Cell): Cell;
  freeValue(context: number, value: Cell): void;
  duplicateValue(context: number, value: Cell): Cell;
  newFunction(context: number, name: number, length: number, isConstructor: number, id: number): Cell;
  newString(context: number, text: number): Cell;
  newArrayBuffer(context: number, bytes: number, length: number): Cell;
  getArrayBuffer(context: number, value: Cell): number;
  getArrayBufferLength(context: number, value: Cell): number;
  getGlobalObject(context: number): Cell;
  getProperty(context: number, object: Cell, name: Cell): Cell;
  setProperty(context: number, object: Cell, name: Cell, value: Cell): void;
  isJobPending(runtime: number): number;
  executePendingJob(runtime: number, most: number, context: number): Cell;
  promiseState(context: number, promise: Cell): number;
  promiseResult(context: number, promise: Cell): Cell;
  writeObject(context: number, value: Cell): Cell;
  readObject(context: number, bytes: Cell): Cell;
}

const exportNames: Readonly<Record<keyof QuickJsExports, string>> = {
  initialise: 'u',
  table: 'table',
  malloc: 'v',
  free: 'M',
  newRuntime: 'K',
  newContext: 'N',
  setMaxStackSize: 'D',
  enableInterruptHandler: 'Fa',
  evaluate: 'pa',
  call: 'ma',
  throw: 'w',
  resolveException: 'na',
  freeValue: 'P',
  duplicateValue: 'T',
  newFunction: 'Da',
  newString: '_',
  newArrayBuffer: 'X',
  getArrayBuffer: 'aa',
  getArrayBufferLength: 'ba',
  getGlobalObject: 'ua',
  getProperty: 'ha',
  setProperty: 'ja',
  isJobPending: 'fa',
  executePendingJob: 'ga',
  promiseState: 'wa',
  promiseResult: 'xa',
  writeObject: 'Ja',
  readObject: 'Ka',
};

export interface HostFunctions {
  /** A function of the program that the host implements was called: `args` is the address of `count` values. */
  callFunction(context: number, receiver: Cell, count: number, args: number): Cell;
  shouldInterrupt(): number;
  /** More memory is needed. Returns whether there is. */
  grow(bytes: number): boolean;
}

const notSupported = 52;
const illegalSeek = 70;

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, host: HostFunctions): QuickJsExports {
  const words = () => new Int32Array(memory.buffer);
  const abort = (): never => {
    throw new WebAssembly.RuntimeError('QuickJS aborted');
  };
  const imports = {
    a: memory,
    b: abort, // assert
    q: abort,
    r: abort, // exit
    l: () => {},
    j: () => 0, // setitimer
    p: () => Date.now(),
    s: (context: number, receiver: Cell, count: number, args: number) => host.callFunction(context, receiver, count, args),
    i: () => host.shouldInterrupt(),
    h: () => 0, // loading and naming of modules
    g: () => 0,
    t: () => {}, // a function of the host is garbage
    k: (bytes: number) => (host.grow(bytes >>> 0) ? 1 : 0),
    // localtime
    m(seconds: bigint, at: number) {
      const date = new Date(Number(seconds) * 1000);
      const year = date.getFullYear();
      const startOfYear = new Date(year, 0, 1);
      const offsets = [startOfYear.getTimezoneOffset(), new Date(year, 6, 1).getTimezoneOffset()];
      const isSummer = offsets[0] !== offsets[1] && date.getTimezoneOffset() === Math.min(...offsets);
      const day = Math.round((Date.UTC(year, date.getMonth(), date.getDate()) - Date.UTC(year, 0, 1)) / 86_400_000);
      const fields = [
        date.getSeconds(),
        date.getMinutes(),
        date.getHours(),
        date.getDate(),
        date.getMonth(),
        year - 1900,
        date.getDay(),
        day,
        isSummer ? 1 : 0,
      ];
      words().set([...fields, -60 * date.getTimezoneOffset()], at >> 2);
    },
    // tzset
    n(timezone: number, daylight: number, standardName: number, summerName: number) {
      const year = new Date().getFullYear();
      const winter = new Date(year, 0, 1).getTimezoneOffset();
      const summer = new Date(year, 6, 1).getTimezoneOffset();
      words()[timezone >> 2] = 60 * Math.max(winter, summer);
      words()[daylight >> 2] = winter === summer ? 0 : 1;
      const bytes = new Uint8Array(memory.buffer);
      for (const at of [standardName, summerName]) bytes.set([0x55, 0x54, 0x43, 0], at);
    },
    e: () => 0, // environment: none
    f(countAt: number, sizeAt: number) {
      words()[countAt >> 2] = 0;
      words()[sizeAt >> 2] = 0;
      return 0;
    },
    d: () => notSupported,
    o: () => illegalSeek,
    // fd_write: the engine's own messages go nowhere
    c(_fd: number, list: number, count: number, writtenAt: number) {
      let written = 0;
      for (let i = 0; i < count; i++) written += words()[(list >> 2) + 2 * i + 1]!;
      words()[writtenAt >> 2] = written;
      return 0;
    },
  };
  const { exports } = new WebAssembly.Instance(module, { a: imports });
  const named = Object.fromEntries(
    Object.entries(exportNames).map(([name, minified]) => [name, exports[minified]]),
  ) as unknown as QuickJsExports;
  named.initialise();
  return named;
}
