/** The kernel's worker: waits for the page's port, then runs the kernel. */
import { BvError } from '../base/errors.ts';
import type { LayerStore } from '../fs/stores/layer-store.ts';
import { Kernel } from './kernel.ts';
import type { PortLike } from '../wires/rpc.ts';

interface WorkerScope {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as WorkerScope;
const reader = new FileReaderSync();
const readBlob = (blob: Blob) => new Uint8Array(reader.readAsArrayBuffer(blob));
let layers: Promise<LayerStore> | undefined;

/** Only containers that keep something, or have packages, need it. */
const stores = () =>
  import('../fs/stores/stores.ts').catch((cause: unknown) => {
    throw new BvError('ERR_BV_ASSET', `Cannot load what keeps files in the browser: ${String(cause)}`, { cause });
  });

function layerStore(): Promise<LayerStore> {
  layers ??= stores().then(({ LayerStore }) => LayerStore.open());
  layers.catch(() => (layers = undefined)); // The next one tries again; this one is told.
  return layers;
}

scope.onmessage = (event) => {
  const { port } = event.data as { readonly port?: PortLike };
  if (!port) return;
  scope.onmessage = null;
  new Kernel(port, {
    now: () => Date.now(),
    setTimer: (task, delayMs) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    readBlob,
    fetch: (url, init) => fetch(url, init),
    holdLayers: async (ids) => (await layerStore()).holdWhileAlive(ids),
    openStore: async (name, onError) => {
      const [{ openStore }, opened] = await Promise.all([stores(), layerStore()]);
      const { store, storedElsewhere } = await openStore(name, { reader: readBlob, layers: opened, onError });
      return { store, storedElsewhere, keepLayer: (source) => opened.put(source) };
    },
  });
};
// The page waits for this before it sends the port, and tells a worker that could not be loaded by its absence.
scope.postMessage('ready');
