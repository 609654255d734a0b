/** Dedicated workers from scripts of the server. They run the script's text; their own requests are not carried. */
import { addHandlers } from '../../document/handlers.ts';
import type { PageLocation } from './page-location.ts';
import type { Resources } from './resources.ts';

export function installWorkers(resources: Resources, location: PageLocation): void {
  const Native = window.Worker;

  class BridgedWorker extends EventTarget {
    #worker: Worker | undefined;
    #queue: { message: unknown; transfer: Transferable[] }[] | undefined = [];

    constructor(url: string, options: WorkerOptions | undefined) {
      super();
      void resources.resource(url).then((blob) => {
        const queue = this.#queue;
        this.#queue = undefined;
        if (queue === undefined) return; // Terminated meanwhile.
        if (blob === undefined) {
          this.dispatchEvent(new Event('error'));
          return;
        }
        const worker = new Native(blob, options);
        this.#worker = worker;
        for (const name of ['message', 'messageerror'] as const) {
          worker.addEventListener(name, (event) =>
            this.dispatchEvent(new MessageEvent(name, { data: event.data as unknown, ports: [...event.ports] })),
          );
        }
        worker.addEventListener('error', (event) => {
          const { message, filename, lineno, colno } = event;
          const copy = new ErrorEvent('error', {
            message,
            filename: filename === undefined ? url : resources.originalOf(filename),
            lineno,
            colno,
            cancelable: true,
          });
          if (!this.dispatchEvent(copy)) event.preventDefault();
        });
        for (const { message, transfer } of queue) worker.postMessage(message, transfer);
      });
    }

    postMessage(message: unknown, options: Transferable[] | StructuredSerializeOptions = []): void {
      const transfer = Array.isArray(options) ? options : (options.transfer ?? []);
      if (this.#worker !== undefined) this.#worker.postMessage(message, transfer);
      else this.#queue?.push({ message: structuredClone(message, { transfer }), transfer: [] });
    }

    terminate(): void {
      this.#queue = undefined;
      this.#worker?.terminate();
    }
  }
  addHandlers(BridgedWorker.prototype, ['message', 'messageerror', 'error']);
  Object.defineProperty(BridgedWorker, 'name', { value: 'Worker' });

  const proxy = new Proxy(BridgedWorker, {
    construct: (_, [address, options]: [string | URL, WorkerOptions | undefined]) => {
      const url = location.serverUrl(String(address));
      return url === undefined ? new Native(address, options) : new BridgedWorker(url, options);
    },
  });
  Object.defineProperty(BridgedWorker.prototype, 'constructor', { value: proxy, configurable: true, writable: true });
  Object.defineProperty(window, 'Worker', { value: proxy, configurable: true, writable: true });
}
