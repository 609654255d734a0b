/**
 * Entry of a module worker of the page that runs one `node` process on QuickJS. The program itself is text to this worker: no
 * `eval` and no `blob:` script, so a page needs `'wasm-unsafe-eval'` and nothing more.
 */
import { bundledFiles } from '../../base/bundled-files.ts';
import { BvError } from '../../base/errors.ts';
import { WorkerConnection } from '../../process/connection.ts';
import { ProgramHost } from '../../process/engines/quickjs/program-host.ts';
import { layerFiles } from '../../process/layer-files.ts';
import { nativePlatform, readBlobSync } from '../../process/native-platform.ts';
import type { NativeModules } from '../../process/platform.ts';
import { sleepSync } from '../../process/nested/sleep-sync.ts';
import { makeSyncSpawner, type SyncSpawnRequest } from '../../process/nested/sync-spawner.ts';
import { ProcessSyscalls } from '../../process/process-syscalls.ts';
import { afterInput } from '../../process/standard-input.ts';
import { quickJsFileOf, quickJsFiles } from '../../wires/programs.ts';
import { domainToUnicode } from './domain-to-unicode.ts';
import { libraryOfLayers, type LayerLibrary } from './layer-library.ts';
import { makeLlhttp } from './natives/llhttp.ts';
import { makeRawLlhttp, type RawLlhttp } from './natives/raw-llhttp.ts';

const urlOf = (name: string): string => bundledFiles()?.urls[name] ?? import.meta.url.replace(/[^/]*([?#].*)?$/, name);

const asset = async (name: string): Promise<Response> => {
  const url = urlOf(name);
  const response = await fetch(url);
  if (!response.ok) throw new BvError('ERR_BV_ASSET', `Cannot load "${url}": ${response.status} ${response.statusText}`);
  return response;
};

async function compile(): Promise<WebAssembly.Module> {
  const response = await asset(quickJsFiles.engine);
  // A server that does not know the type of ".wasm" files refuses streaming.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

const platform = nativePlatform({ domainToUnicode });

/** Waits for it, which a worker may. */
function textNow(name: string): string {
  const url = urlOf(name);
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  request.send();
  if (request.status !== 200) throw new BvError('ERR_BV_ASSET', `Cannot load "${url}": ${request.status} ${request.statusText}`);
  return request.responseText;
}

function nativeModules(library: LayerLibrary): NativeModules {
  const wasm = new WebAssembly.Module(library.nativeModule('llhttp') as Uint8Array<ArrayBuffer>);
  let raw: RawLlhttp | undefined;
  return {
    llhttp: makeLlhttp(wasm),
    get rawLlhttp() {
      return (raw ??= makeRawLlhttp(wasm));
    },
  };
}

function attach(port: MessagePort, module: WebAssembly.Module, program: string): void {
  let host: ProgramHost | undefined;
  let own: ProcessSyscalls | undefined;
  const texts = new Map<string, string>();
  new WorkerConnection(port, {
    readBlob: readBlobSync,
    onWelcome(connection) {
      const layers = layerFiles(connection);
      const library = libraryOfLayers(layers, platform);
      let made: NativeModules | undefined;
      const native = () => (made ??= nativeModules(library));
      const meta = JSON.stringify(library.meta);
      const source = (id: string) => library.source(id);
      const spawnSync = makeSyncSpawner({
        connection,
        syscalls: () => own!,
        module: () => module,
        script(name) {
          const file = quickJsFileOf(name);
          if (file === undefined || name === 'node') return file === undefined ? undefined : program;
          const text = texts.get(file) ?? textNow(file);
          texts.set(file, text);
          return text;
        },
        meta: () => meta,
        source,
        native,
        platform,
      });
      host = new ProgramHost({
        module,
        program,
        platform,
        meta,
        source,
        native,
        spawnSync: (request) => spawnSync(request as SyncSpawnRequest),
        sleep: sleepSync,
        onTrouble(error) {
          throw error;
        },
      });
    },
    usage: () => host?.usage,
    onStart(start, connection) {
      const syscalls = new ProcessSyscalls(start, connection, {
        randomFill: (bytes) => platform.randomFill(bytes),
        onEnd() {
          host?.stop();
          close();
        },
        sleep: sleepSync,
      });
      own = syscalls;
      // As libuv does: a write to what nobody reads fails with EPIPE in the program.
      syscalls.notify({ kind: 'disposition', signal: 'SIGPIPE', action: 'ignore' });
      afterInput(platform, syscalls, () => host!.run(syscalls));
      return syscalls;
    },
  });
}

const [module, program] = await Promise.all([compile(), asset(quickJsFiles.node).then((response) => response.text())]);
addEventListener('message', ({ data }: MessageEvent<{ port: MessagePort }>) => attach(data.port, module, program), { once: true });
postMessage('ready');
