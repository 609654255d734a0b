/** What a worker's own runtime reads out of mounted layers before and beside its processes, as root. */
import { FileSystem } from '../fs/file-system.ts';
import type { WorkerConnection } from './connection.ts';

export interface LayerFiles {
  /** A view, good as long as the layer is mounted; undefined if there is no such file. */
  read(path: string): Uint8Array | undefined;
  /** Whether a layer is mounted there. Reads nothing of it. */
  isMounted(path: string): boolean;
}

export function layerFiles(connection: WorkerConnection): LayerFiles {
  const files = new FileSystem(connection.replica, { uid: 0 });
  return {
    read: (path) => (files.exists(path) ? files.readFileView(path) : undefined),
    isMounted: (path) => files.exists(path) && files.nodeAt(path, { follow: true }).mount !== undefined,
  };
}
