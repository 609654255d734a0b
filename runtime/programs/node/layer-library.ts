/** Node's library out of the layer that is mounted in every container. Read lazily, a builtin at its first use. */
import { FileSystem } from '../../fs/file-system.ts';
import type { Replica } from '../../fs/replica.ts';
import { nodeLibraryLayer } from '../../wires/programs.ts';
import type { Platform } from '../../process/platform.ts';
import type { LibraryMeta, NodeLibrary } from './library.ts';

/** @throws {PosixError} `ENOENT` where the layer is not mounted. */
export function libraryOfLayer(replica: Replica, platform: Platform): NodeLibrary {
  const files = new FileSystem(replica, { uid: 0 });
  const text = (name: string) => platform.decodeUtf8(files.readFileView(`${nodeLibraryLayer.path}/${name}`));
  return {
    meta: JSON.parse(text('meta.json')) as LibraryMeta,
    source(id) {
      const name = `lib/${id}.js`;
      return files.exists(`${nodeLibraryLayer.path}/${name}`) ? text(name) : undefined;
    },
  };
}
