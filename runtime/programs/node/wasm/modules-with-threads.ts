/** Finds the modules of WebAssembly that start threads, which are compiled and instantiated in a way of their own (`threads.ts`). */
import { hiddenProxy } from '../proxies.ts';
import type { NodeRealm } from '../realm.ts';
import type { WasmThreads } from './threads.ts';

/** The import by which a module starts threads: its length, and the letters. */
const spawnImport = [4, ...letters('wasi'), 12, ...letters('thread-spawn')];
const importSection = 2;

function letters(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

function bytesOf(source: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  return source instanceof ArrayBuffer ? new Uint8Array(source) : undefined;
}

/** Says no for what is no module: the engine tells what is wrong with it. */
function startsThreads(bytes: Uint8Array): boolean {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++];
    let size = 0;
    for (let factor = 1, byte = 128; byte > 127; factor *= 128) {
      byte = bytes[at++] ?? 0;
      size += (byte & 127) * factor;
    }
    if (id === importSection) {
      const [first = 0] = spawnImport;
      for (let from = bytes.indexOf(first, at); from >= 0 && from < at + size; from = bytes.indexOf(first, from + 1))
        if (spawnImport.every((byte, index) => bytes[from + index] === byte)) return true;
      return false;
    }
    at += size;
  }
  return false;
}

/** Only for a realm of its own: the functions of `WebAssembly` are replaced. */
export function letModulesStartThreads(realm: NodeRealm): void {
  if (typeof WebAssembly !== 'object') return;
  const { Module, Instance, compile, instantiate } = WebAssembly;
  const { apply, construct } = Reflect;
  const own = new WeakSet<object>();
  let threads: WasmThreads | undefined;
  const withThreads = () => (threads ??= new (realm.library.part('threads').WasmThreads)(realm, { Module, Instance }));
  const compiled = (source: unknown): WebAssembly.Module | undefined => {
    const bytes = bytesOf(source);
    if (bytes === undefined || !startsThreads(bytes)) return undefined;
    const module = withThreads().compile(bytes);
    own.add(module);
    return module;
  };
  const instantiated = (module: unknown, imports: unknown) => withThreads().instantiate(module as WebAssembly.Module, imports as never);
  const isOwn = (module: unknown, imports: unknown) => own.has(Object(module) as object) && typeof imports === 'object' && imports !== null;
  const replace = (name: string, value: unknown) =>
    Object.defineProperty(WebAssembly, name, { value, writable: true, enumerable: name === name.toLowerCase(), configurable: true });
  // The constructors stay the engine's: what they make is an instance of them, and they are what its `constructor` is.
  const OwnModule: typeof Module = hiddenProxy(Module, {
    construct: (_, [source], target) => compiled(source) ?? (construct(Module, [source], target === OwnModule ? Module : target) as object),
  });
  const OwnInstance: typeof Instance = hiddenProxy(Instance, {
    construct: (_, args, target) =>
      isOwn(args[0], args[1])
        ? instantiated(args[0], args[1])
        : (construct(Instance, args, target === OwnInstance ? Instance : target) as object),
  });
  for (const [value, { prototype }] of [
    [OwnModule, Module],
    [OwnInstance, Instance],
  ] as const)
    Object.defineProperty(prototype, 'constructor', { value, writable: true, enumerable: false, configurable: true });
  replace('Module', OwnModule);
  replace('Instance', OwnInstance);
  const late = <Result>(start: () => Result | undefined): Promise<Result> | undefined => {
    try {
      const result = start();
      return result === undefined ? undefined : Promise.resolve(result);
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the engine threw
      return Promise.reject(error);
    }
  };
  const calls = {
    compile(this: unknown, source: unknown, ...rest: unknown[]): Promise<unknown> {
      return late(() => compiled(source)) ?? (apply(compile, WebAssembly, [source, ...rest]) as Promise<unknown>);
    },
    instantiate(this: unknown, source: unknown, ...rest: unknown[]): Promise<unknown> {
      const [imports] = rest;
      const result = late<unknown>(() => {
        if (isOwn(source, imports)) return instantiated(source, imports);
        const module = typeof imports === 'object' && imports !== null ? compiled(source) : undefined;
        return module && { module, instance: instantiated(module, imports) };
      });
      return result ?? (apply(instantiate, WebAssembly, [source, ...rest]) as Promise<unknown>);
    },
  };
  replace('compile', calls.compile);
  replace('instantiate', calls.instantiate);
}
