/**
 * Entry of a module worker of the page that runs one `node` process on QuickJS. The program itself is text to this worker: no
 * `eval` and no `blob:` script, so a page needs `'wasm-unsafe-eval'` and nothing more.
 */
import { BvError } from '../../base/errors.ts';
import { WorkerConnection } from '../../process/connection.ts';
import { defaultEngineLimits, ProgramHost } from '../../process/engines/quickjs/program-host.ts';
import { layerFiles } from '../../process/layer-files.ts';
import { nativePlatform, readBlobSync } from '../../process/native-platform.ts';
import type { NativeModules } from '../../process/platform.ts';
import { ProcessSyscalls } from '../../process/process-syscalls.ts';
import { domainToUnicode } from './domain-to-unicode.ts';
import { libraryOfLayers, nativeModuleOf } from './layer-library.ts';
import { makeLlhttp } from './natives/llhttp.ts';

const asset = async (name: string): Promise<Response> => {
  const url = new URL(name, import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new BvError('ERR_BV_ASSET', `Cannot load "${url.href}": ${response.status} ${response.statusText}`);
  return response;
};

async function compile(): Promise<WebAssembly.Module> {
  const response = await asset('quickjs.wasm');
  // A server that does not know the type of ".wasm" files refuses streaming.
  return response.headers.get('content-type') === 'application/wasm' ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

const platform = nativePlatform({ domainToUnicode });

function attach(port: MessagePort, module: WebAssembly.Module, program: string): void {
  let host: ProgramHost | undefined;
  new WorkerConnection(port, {
    readBlob: readBlobSync,
    onWelcome(connection) {
      const layers = layerFiles(connection);
      const library = libraryOfLayers(layers, platform);
      let native: NativeModules | undefined;
      host = new ProgramHost({
        module,
        program,
        platform,
        meta: JSON.stringify(library.meta),
        source: (id) => library.source(id),
        native: () => (native ??= { llhttp: makeLlhttp(nativeModuleOf(layers, 'llhttp') as Uint8Array<ArrayBuffer>) }),
        limits: defaultEngineLimits,
        onTrouble(error) {
          throw error;
        },
      });
    },
    onStart(start, connection) {
      const syscalls = new ProcessSyscalls(start, connection, {
        randomFill: (bytes) => platform.randomFill(bytes),
        onEnd() {
          host?.stop();
          close();
        },
      });
      // As libuv does: a write to what nobody reads fails with EPIPE in the program.
      syscalls.notify({ kind: 'disposition', signal: 'SIGPIPE', action: 'ignore' });
      platform.postTask(() => host!.run(syscalls));
      return syscalls;
    },
  });
}

const [module, program] = await Promise.all([compile(), asset('quickjs-program.js').then((response) => response.text())]);
addEventListener('message', ({ data }: MessageEvent<{ port: MessagePort }>) => attach(data.port, module, program), { once: true });
postMessage('ready');
