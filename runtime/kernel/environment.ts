import type { Dispose } from '../base/disposers.ts';
import type { BlobReader } from '../fs/blob-bytes.ts';
import type { BvError } from '../base/errors.ts';
import type { GatewayOptions } from './gateway.ts';
import type { OpenStore } from './persistence.ts';

/** What the kernel needs of the thread it runs in. The kernel itself touches no global of a worker. */
export interface KernelEnvironment {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `task` once, later; the result calls it off. */
  setTimer(task: () => void, delayMs: number): Dispose;
  readonly readBlob: BlobReader;
  /** The way out; absent where there is no network. */
  readonly fetch?: GatewayOptions['fetch'];
  /** Keeps stored layers from being evicted as long as this page lives; absent where nothing can be stored. */
  readonly holdLayers?: (ids: readonly string[]) => Promise<void>;
  /** Opens what is stored under a name; absent where nothing can be stored. `onError` is told of failures in the background. */
  readonly openStore?: (name: string, onError: (error: BvError) => void) => Promise<OpenStore>;
}
