/** Children that a `node` process waits for, in a worker that has the engine's files in a layer. */
import { BvError } from '../../base/errors.ts';
import type { WorkerConnection } from '../../process/connection.ts';
import type { LayerFiles } from '../../process/layer-files.ts';
import { makeSyncSpawner } from '../../process/nested/sync-spawner.ts';
import type { NativeModules, Platform } from '../../process/platform.ts';
import type { Syscalls } from '../../process/syscalls.ts';
import { quickJsFileOf, quickJsFiles, quickJsLayer } from '../../wires/programs.ts';
import type { SyncSpawner } from './bindings/spawn-sync.ts';
import type { NodeLibrary } from './library.ts';

export interface SyncChildrenOptions {
  readonly connection: WorkerConnection;
  readonly layers: LayerFiles;
  readonly library: Pick<NodeLibrary, 'meta' | 'source'>;
  readonly platform: Platform;
  readonly native: () => NativeModules;
  /** Of the process, once it runs. */
  readonly syscalls: () => Syscalls;
}

/** Compiles the engine at its first use. */
export function syncChildren(options: SyncChildrenOptions): SyncSpawner {
  const { layers, library, platform } = options;
  const file = (name: string): Uint8Array => {
    const bytes = layers.read(`${quickJsLayer.path}/${name}`);
    if (bytes !== undefined) return bytes;
    options.syscalls().learn?.('layers'); // Begins anew when they are there.
    throw new BvError(
      'ERR_BV_UNSUPPORTED',
      `Cannot run a child and wait for it yet: "${quickJsLayer.id}" is not there: it is still being loaded and this process has been seen by others, so that it cannot begin anew, or loading has failed. spawn() and exec() need not wait`,
    );
  };
  let module: WebAssembly.Module | undefined;
  const scripts = new Map<string, string>();
  return makeSyncSpawner({
    connection: options.connection,
    syscalls: options.syscalls,
    module: () => (module ??= new WebAssembly.Module(file(quickJsFiles.engine) as Uint8Array<ArrayBuffer>)),
    script(program) {
      const name = quickJsFileOf(program);
      if (name === undefined) return undefined;
      let text = scripts.get(name);
      if (text === undefined) scripts.set(name, (text = platform.decodeUtf8(file(name))));
      return text;
    },
    meta: () => JSON.stringify(library.meta),
    source: (id) => library.source(id),
    native: options.native,
    platform,
  });
}
