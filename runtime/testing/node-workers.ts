/** Workers of `node` as threads of the real one: what the page does for the kernel in a browser. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { mailOffice } from '../host/mail-office.ts';
import type { HostNotice, WorkerId } from '../wires/host-wire.ts';
import { mailPlaces, mailProperty, mailRowLength } from '../wires/mail-wire.ts';
import { fileAddresses } from './file-addresses.ts';

const llhttpFile = fileURLToPath(new URL('../../node_modules/undici/lib/llhttp/llhttp-wasm.js', import.meta.url));
/** Of scripts that threads make for each other (`ScriptAddresses`), until this process ends. */
const addressFolder = join(tmpdir(), `bavini-addresses-${process.pid}`);
process.on('exit', () => rmSync(addressFolder, { recursive: true, force: true }));

const files = fileAddresses(addressFolder);

export class NodeWorkers {
  /** What went wrong in them, beside what programs were told. */
  readonly troubles: string[] = [];
  /** Sources of Node's library that processes have read. */
  readonly sourcesRead = new Set<string>();
  readonly #notify: (notice: HostNotice) => void;
  readonly #workers = new Map<WorkerId, Worker>();
  readonly #mail = mailOffice<Worker, string>(
    { size: mailRowLength, placesOf: mailPlaces, property: mailProperty },
    (text) => text,
    files.make,
    files.revoke,
    (worker, answer) => worker.postMessage(answer),
  );

  constructor(notify: (notice: HostNotice) => void) {
    this.#notify = notify;
  }

  /**
   * @param script Beside this file.
   * @param data For it.
   */
  start(id: WorkerId, script = 'node-thread.ts', data: object = {}): void {
    const worker = new Worker(new URL(script, import.meta.url), {
      execArgv: ['--experimental-strip-types', '--no-warnings'],
      workerData: { ...data, llhttpFile, addressFolder },
      env: {},
    });
    const { port1, port2 } = new MessageChannel();
    this.#workers.set(id, worker);
    worker.on('message', (message: { trouble?: string; read?: string; blob?: Blob; shared?: SharedArrayBuffer; mail?: unknown }) => {
      if (message.mail !== undefined) this.#mail.heard(worker, message.mail);
      if (message.read !== undefined) this.sourcesRead.add(message.read);
      if (message.trouble !== undefined) this.troubles.push(message.trouble);
      const { blob, shared } = message;
      if (blob === undefined || shared === undefined) return;
      void blob.arrayBuffer().then((bytes) => {
        new Uint8Array(shared, 8).set(new Uint8Array(bytes));
        const ready = new Int32Array(shared, 0, 1);
        Atomics.store(ready, 0, 1);
        Atomics.notify(ready, 0);
      });
    });
    worker.on('error', (error) => this.troubles.push(String(error.stack ?? error)));
    // Told behind all that the worker said, its exit code among it. Of one that the kernel ended it knows.
    port1.on('close', () => {
      this.#notify({
        kind: 'workerFailed',
        worker: id,
        error: { kind: 'other', name: 'Error', message: 'the worker exited' },
      } as HostNotice);
    });
    worker.postMessage({ port: port2 }, [port2]);
    this.#notify({ kind: 'workerStarted', worker: id, port: port1 } as unknown as HostNotice);
  }

  end(id: WorkerId): void {
    const worker = this.#workers.get(id);
    this.#workers.delete(id);
    if (worker === undefined) return;
    void worker.terminate();
    this.#mail.gone(worker);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.terminate()));
  }
}
