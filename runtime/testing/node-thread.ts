/**
 * A worker of the `node` program on real Node's `worker_threads`, for tests that need no browser: the same connection, system
 * calls and bindings as in the sandbox realm, over a few of a browser worker's globals.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { readFileSync } from 'node:fs';
import type { Mail } from '../process/platform.ts';
import type { MailAnswer } from '../wires/mail-wire.ts';
import { fileAddresses } from './file-addresses.ts';
import { loadNodeLibrary } from '../tools/node-library/load.ts';

const host = process;
const scope = globalThis as unknown as Record<string, unknown>;
const listeners: Record<string, ((event: object) => void)[]> = {};
scope['addEventListener'] = (name: string, listener: (event: object) => void) => void (listeners[name] ??= []).push(listener);
scope['FileReaderSync'] = class {
  readAsArrayBuffer(): void {}
};
const tell = (name: string, event: object) => {
  for (const listener of listeners[name] ?? []) listener({ preventDefault() {}, ...event });
};
host.on('unhandledRejection', (reason, promise) => tell('unhandledrejection', { promise, reason }));
host.on('rejectionHandled', (promise) => tell('rejectionhandled', { promise, reason: undefined }));
const parent = parentPort;
const { Atomics: HostAtomics, SharedArrayBuffer: Shared } = globalThis;
/** The main thread reads while this one sleeps. */
const readBlob = (blob: Blob): Uint8Array => {
  const shared = new Shared(8 + blob.size);
  parent?.postMessage({ blob, shared });
  HostAtomics.wait(new Int32Array(shared, 0, 1), 0, 0);
  return new Uint8Array(shared, 8).slice();
};
const exit = host.exit.bind(host);
host.on('uncaughtException', (error) => {
  parent?.postMessage({ trouble: String((error as Error)?.stack ?? error) });
  tell('error', { error });
});

const { llhttpFile, addressFolder } = workerData as { llhttpFile: string; addressFolder: string };
/** What `blob:` URLs are in a browser: files. */
const addresses = {
  ...fileAddresses(addressFolder),
  load(address: string) {
    let script;
    try {
      script = readFileSync(address, 'utf8');
    } catch {
      return false; // Revoked, perhaps just now.
    }
    evaluate(script);
    return true;
  },
};
const evaluate = globalThis.eval;

const { nativePlatform } = await import('../process/native-platform.ts');
const { WorkerConnection } = await import('../process/connection.ts');
const { HeldPort } = await import('../process/held-port.ts');
const { ProcessSyscalls } = await import('../process/process-syscalls.ts');
const { bootNode } = await import('../programs/node/boot.ts');
const { domainToUnicode } = await import('node:url');
const { afterInput } = await import('../process/standard-input.ts');
const { openPart } = await import('../programs/node/parts/all.ts');
const { runAhead } = await import('../programs/node/children-ahead.ts');
const threads = await import('../programs/node/parts/threads.ts');
const { makeLlhttp } = await import('../programs/node/natives/llhttp.ts');

const mail: Mail = { row: undefined, tell: (request) => parent?.postMessage({ mail: request }) };
const platform = { ...nativePlatform({ domainToUnicode }), addresses, mail };
let llhttp: ReturnType<typeof makeLlhttp> | undefined;
const wasm = Buffer.from(/'([A-Za-z0-9+/=]{1000,})'/.exec(readFileSync(llhttpFile, 'utf8'))?.[1] ?? '', 'base64');
Object.defineProperty(platform.native, 'llhttp', { get: () => (llhttp ??= makeLlhttp(new Uint8Array(wasm))) });

const { sources, meta } = loadNodeLibrary();
const library = {
  meta,
  // Nothing here runs children in this thread.
  part: ((name) => (name === 'children' ? { runAhead } : name === 'threads' ? threads : openPart(name))) as typeof openPart,
  source(id: string) {
    parent?.postMessage({ read: id });
    return sources.get(id);
  },
};
let program: ReturnType<typeof bootNode> | undefined;

parent?.once('message', ({ port }: { port: MessagePort }) => {
  parent.on('message', ({ row }: MailAnswer) => (mail.row = row)).unref();
  const held = new HeldPort(port);
  let own: InstanceType<typeof ProcessSyscalls> | undefined;
  new WorkerConnection(held, {
    readBlob,
    onForeignChanges: (changes) => own?.changedByOthers(changes),
    onWelcome() {
      program = bootNode(platform, library);
      // Who looked at some global has loaded Node's own `fetch`, whose dispatcher that of the library would take for its own.
      for (const version of [1, 2]) Reflect.set(globalThis, Symbol.for(`undici.globalDispatcher.${version}`), undefined);
    },
    onStart(start, connection) {
      const syscalls = new ProcessSyscalls(start, connection, {
        randomFill: (bytes) => platform.randomFill(bytes),
        onEnd: () => setTimer(() => exit(0), 5),
        port: held,
        sleep: (delayMs) => void HostAtomics.wait(new Int32Array(new Shared(4)), 0, 0, delayMs),
      });
      own = syscalls;
      syscalls.notify({ kind: 'disposition', signal: 'SIGPIPE', action: 'ignore' });
      const hasMailbox = () => {
        mail.tell({ kind: 'rent' });
        return mail.row !== undefined;
      };
      afterInput(platform, syscalls, () => program?.run(syscalls), { hasEngine: () => true, hasLibrary: () => true, hasMailbox });
      return syscalls;
    },
  });
});
const setTimer = platform.setTimer.bind(platform);
