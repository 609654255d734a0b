/** The kernel's worker: waits for the page's port, then runs the kernel. */
import { Kernel } from './kernel.ts';
import type { PortLike } from '../wires/rpc.ts';

interface WorkerScope {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as WorkerScope;
const reader = new FileReaderSync();

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
    readBlob: (blob) => new Uint8Array(reader.readAsArrayBuffer(blob)),
    fetch: (url, init) => fetch(url, init),
  });
};
// The page waits for this before it sends the port, and tells a worker that could not be loaded by its absence.
scope.postMessage('ready');
