/** Node's library out of the layers that are mounted in every container. Read lazily, a builtin at its first use. */
import { FileSystem } from '../../fs/file-system.ts';
import type { Replica } from '../../fs/replica.ts';
import { nodeLibraryLayer, nodeLibraryLayers, nodeLibraryRestLayer } from '../../wires/programs.ts';
import type { Platform } from '../../process/platform.ts';
import type { LibraryMeta, NodeLibrary } from './library.ts';

/** @throws {PosixError} `ENOENT` where the first layer is not mounted. */
export function libraryOfLayer(replica: Replica, platform: Platform): NodeLibrary {
  const files = new FileSystem(replica, { uid: 0 });
  const text = (path: string) => platform.decodeUtf8(files.readFileView(path));
  return {
    meta: JSON.parse(text(`${nodeLibraryLayer.path}/meta.json`)) as LibraryMeta,
    source(id) {
      for (const { path } of nodeLibraryLayers) {
        const file = `${path}/lib/${id}.js`;
        if (files.exists(file)) return text(file);
      }
      return undefined;
    },
  };
}

/** WebAssembly that travels with the library. Valid until the worker ends. @throws {PosixError} `ENOENT` */
export function nativeModuleOfLayer(replica: Replica, name: string): Uint8Array {
  return new FileSystem(replica, { uid: 0 }).readFileView(`${nodeLibraryRestLayer.path}/native/${name}.wasm`);
}
