/** Node's library out of the layers that are mounted in every container. Read lazily, a builtin at its first use. */
import { BvError } from '../../base/errors.ts';
import { nodeLibraryLayer, nodeLibraryRestLayer } from '../../wires/programs.ts';
import type { LayerFiles } from '../../process/layer-files.ts';
import type { Platform } from '../../process/platform.ts';
import type { LibraryMeta, NodeLibrary } from './library.ts';
import type { OpenPart, PartName } from './parts/index.ts';

function missing(path: string, why = 'it is loaded behind the first process, or loading it has failed'): BvError {
  return new BvError('ERR_BV_ASSET', `Cannot run node: ${path} is not mounted; ${why}`);
}

/** Node's library, of which the second layer may come later than the first process. */
export interface LayerLibrary extends Omit<NodeLibrary, 'part'> {
  /** Both layers are mounted. */
  readonly isWhole: boolean;
  /** Reads the second layer, which must be mounted, before something of it is asked for: 4 MB, and their index. */
  readRest(): void;
  /** Whether a builtin is in the second layer. */
  isLate(id: string): boolean;
  /** WebAssembly that travels with the library. Valid until the worker ends. @throws {BvError} `ERR_BV_ASSET` */
  nativeModule(name: string): Uint8Array;
}

/**
 * @param onMissing Told when something of the second layer is asked for that is not mounted yet. It may never return: then the process
 *   begins anew. If it does, the call fails.
 * @param failure Why the second layer will not come, if so.
 * @throws {BvError} `ERR_BV_ASSET` where the first layer is not mounted.
 */
export function libraryOfLayers(
  layers: LayerFiles,
  platform: Platform,
  onMissing?: () => void,
  failure?: () => string | undefined,
): LayerLibrary {
  const file = `${nodeLibraryLayer.path}/meta.json`;
  const bytes = layers.read(file);
  if (bytes === undefined) throw missing(file);
  const meta = JSON.parse(platform.decodeUtf8(bytes)) as LibraryMeta;
  const readFirst = (id: string) => layers.read(`${nodeLibraryLayer.path}/lib/${id}.js`);
  const isShipped = (id: string) => id.startsWith('bavini/') || (meta.builtinIds.includes(id) && !Object.hasOwn(meta.leftOut, id));
  let isWhole = false;
  const whole = () => (isWhole ||= layers.isMounted(nodeLibraryRestLayer.path));
  const readLate = (path: string): Uint8Array => {
    const found = layers.read(path);
    if (found !== undefined) return found;
    if (!whole()) onMissing?.();
    throw missing(path, failure?.());
  };
  return {
    meta,
    readRest: () => void layers.read(`${nodeLibraryRestLayer.path}/LICENSE`),
    isLate: (id) => isShipped(id) && readFirst(id) === undefined,
    get isWhole() {
      return whole();
    },
    source(id) {
      const text = readFirst(id) ?? (isShipped(id) ? readLate(`${nodeLibraryRestLayer.path}/lib/${id}.js`) : undefined);
      return text === undefined ? undefined : platform.decodeUtf8(text);
    },
    nativeModule: (name) => readLate(`${nodeLibraryRestLayer.path}/native/${name}.wasm`),
  };
}

/** @param ownExports What the parts import of the worker's own script. */
export function partsOfLayers(library: LayerLibrary, platform: Platform, ownExports: object): OpenPart {
  const parts = new Map<PartName, object>();
  return (name) => {
    let part = parts.get(name);
    if (part === undefined) {
      const id = `bavini/part-${name}`;
      const run = platform.evaluate(library.source(id) ?? '', `node:internal/${id}`) as (exports: object, own: object) => void;
      run((part = {}), ownExports);
      parts.set(name, part);
    }
    return part as never;
  };
}
