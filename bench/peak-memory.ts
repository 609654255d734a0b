/** The most that a browser holds while something runs, looked at from a thread of its own: the bench serves the registry meanwhile. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { treePss } from './measure.ts';

const everyMs = 50;

export class PeakMemory {
  readonly #worker: Worker;

  /** Of a process and all its descendants. */
  constructor(pid: number) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: pid });
  }

  /** In bytes; undefined where the system does not tell. */
  async stop(): Promise<number | undefined> {
    const told = new Promise<number | undefined>((resolve) => this.#worker.once('message', resolve));
    this.#worker.postMessage('stop');
    const peak = await told;
    await this.#worker.terminate();
    return peak;
  }
}

if (!isMainThread && parentPort !== null) {
  let peak: number | undefined;
  const look = () => {
    const now = treePss(workerData as number);
    if (now !== undefined) peak = Math.max(peak ?? 0, now);
  };
  const timer = setInterval(look, everyMs);
  parentPort.once('message', () => {
    clearInterval(timer);
    look();
    parentPort?.postMessage(peak);
  });
}
