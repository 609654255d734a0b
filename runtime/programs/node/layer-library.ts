/** Node's library out of the layers that are mounted in every container. Read lazily, a builtin at its first use. */
import { BvError } from '../../base/errors.ts';
import { nodeLibraryLayer, nodeLibraryLayers, nodeLibraryRestLayer } from '../../wires/programs.ts';
import type { LayerFiles } from '../../process/layer-files.ts';
import type { Platform } from '../../process/platform.ts';
import type { LibraryMeta, NodeLibrary } from './library.ts';

function missing(path: string): BvError {
  return new BvError('ERR_BV_ASSET', `Cannot start node: ${path} is not mounted`);
}

/** @throws {BvError} `ERR_BV_ASSET` where the first layer is not mounted. */
export function libraryOfLayers(layers: LayerFiles, platform: Platform): NodeLibrary {
  const file = `${nodeLibraryLayer.path}/meta.json`;
  const meta = layers.read(file);
  if (meta === undefined) throw missing(file);
  return {
    meta: JSON.parse(platform.decodeUtf8(meta)) as LibraryMeta,
    source(id) {
      for (const { path } of nodeLibraryLayers) {
        const bytes = layers.read(`${path}/lib/${id}.js`);
        if (bytes !== undefined) return platform.decodeUtf8(bytes);
      }
      return undefined;
    },
  };
}

/** WebAssembly that travels with the library. Valid until the worker ends. @throws {BvError} `ERR_BV_ASSET` */
export function nativeModuleOf(layers: LayerFiles, name: string): Uint8Array {
  const file = `${nodeLibraryRestLayer.path}/native/${name}.wasm`;
  const bytes = layers.read(file);
  if (bytes === undefined) throw missing(file);
  return bytes;
}
