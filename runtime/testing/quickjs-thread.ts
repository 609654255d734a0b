/**
 * A worker of the `node` program on QuickJS, on real Node's `worker_threads`: the same engine, boundary, connection and program as in
 * a page, over a few of a browser worker's globals.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { readFileSync } from 'node:fs';
import { domainToUnicode } from 'node:url';
import type { NativeModules } from '../process/platform.ts';
import type { Syscalls } from '../process/syscalls.ts';

/** Node's library, which the main thread has loaded. */
interface Library {
  readonly sources: ReadonlyMap<string, string>;
  readonly meta: object;
}

const parent = parentPort;
(globalThis as unknown as Record<string, unknown>)['FileReaderSync'] = class {
  readAsArrayBuffer(): void {}
};
process.on('uncaughtException', (error) => parent?.postMessage({ trouble: String((error as Error)?.stack ?? error) }));

/** The main thread reads while this one sleeps. */
const readBlob = (blob: Blob): Uint8Array => {
  const shared = new SharedArrayBuffer(8 + blob.size);
  parent?.postMessage({ blob, shared });
  Atomics.wait(new Int32Array(shared, 0, 1), 0, 0);
  return new Uint8Array(shared, 8).slice();
};

const { nativePlatform } = await import('../process/native-platform.ts');
const { WorkerConnection } = await import('../process/connection.ts');
const { ProcessSyscalls } = await import('../process/process-syscalls.ts');
const { ProgramHost } = await import('../process/engines/quickjs/program-host.ts');
const { afterInput } = await import('../process/standard-input.ts');
const { makeLlhttp } = await import('../programs/node/natives/llhttp.ts');
const { makeRawLlhttp } = await import('../programs/node/natives/raw-llhttp.ts');

const { sleepSync } = await import('../process/nested/sleep-sync.ts');
const { makeSyncSpawner } = await import('../process/nested/sync-spawner.ts');
const { quickJsFileOf, quickJsFiles } = await import('../wires/programs.ts');

const { llhttpFile, program, shared, packages, module, library } = workerData as {
  llhttpFile: string;
  program: string;
  shared: string;
  packages: string;
  module: WebAssembly.Module;
  library: Library;
};
const platform = nativePlatform({ domainToUnicode });
const wasm = Buffer.from(/'([A-Za-z0-9+/=]{1000,})'/.exec(readFileSync(llhttpFile, 'utf8'))?.[1] ?? '', 'base64');
let natives: NativeModules | undefined;
const { sources, meta } = library;
const exit = process.exit.bind(process);
let host: InstanceType<typeof ProgramHost> | undefined;

parent?.once('message', ({ port }: { port: MessagePort }) => {
  let waiting: Syscalls | undefined;
  const connection = new WorkerConnection(port, {
    readBlob,
    onWelcome() {
      const bytes = new Uint8Array(wasm);
      const native = () => (natives ??= { llhttp: makeLlhttp(bytes), rawLlhttp: makeRawLlhttp(bytes) });
      const source = (id: string) => sources.get(id);
      const spawnSync = makeSyncSpawner({
        connection,
        syscalls: () => waiting!,
        module: () => module,
        script(name) {
          const file = quickJsFileOf(name);
          return file === undefined
            ? undefined
            : { [quickJsFiles.node]: program, [quickJsFiles.shared]: shared, [quickJsFiles.packages]: packages }[file];
        },
        meta: () => JSON.stringify(meta),
        source,
        native,
        platform,
      });
      host = new ProgramHost({
        module,
        program,
        platform,
        meta: JSON.stringify(meta),
        source,
        native,
        spawnSync: (request) => spawnSync(request as never),
        sleep: sleepSync,
        onTrouble: (error) => parent.postMessage({ trouble: String(error.stack ?? error) }),
      });
    },
    onStart(start, connection) {
      const syscalls = new ProcessSyscalls(start, connection, {
        randomFill: (bytes) => platform.randomFill(bytes),
        onEnd() {
          host?.stop();
          platform.setTimer(() => exit(0), 5);
        },
        sleep: sleepSync,
      });
      waiting = syscalls;
      syscalls.notify({ kind: 'disposition', signal: 'SIGPIPE', action: 'ignore' });
      afterInput(platform, syscalls, () => host?.run(syscalls));
      return syscalls;
    },
  });
});
