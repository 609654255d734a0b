/**
 * The service worker's connections to the pages that run containers. A worker is stopped whenever it is idle and loses all of
 * them: a session without one asks every window for it, and whoever runs the session answers with a port.
 */
import { BvError } from '../runtime/base/errors.ts';
import { Peer } from '../runtime/wires/rpc.ts';
import { PREVIEW_WIRE_VERSION, type DocumentNotice, type PageNotice, type PreviewOps } from '../runtime/wires/preview-wire.ts';
import type { WorkerScope } from './worker-types.ts';

export type PagePeer = Peer<PreviewOps, Record<never, never>, DocumentNotice, PageNotice>;

/** How long a page may take to answer. */
const answerTimeoutMs = 4000;

interface Session {
  readonly peer: Promise<PagePeer>;
}

export class PreviewConnections {
  readonly #scope: WorkerScope;
  readonly #sessions = new Map<string, Session>();
  readonly #waiting = new Map<string, (port: MessagePort) => void>();

  constructor(scope: WorkerScope) {
    this.#scope = scope;
  }

  /** A page hands over a port, asked or not: the newest counts. */
  accept(session: string, port: MessagePort): void {
    const waiting = this.#waiting.get(session);
    if (waiting !== undefined) waiting(port);
    else this.#sessions.set(session, { peer: this.#greet(session, port) });
  }

  /** @throws {BvError} `ERR_BV_PEER_GONE` if no page runs the session, `ERR_BV_WIRE_VERSION` if it is of another version. */
  async peer(session: string): Promise<PagePeer> {
    let known = this.#sessions.get(session);
    if (known === undefined) {
      known = { peer: this.#ask(session) };
      this.#sessions.set(session, known);
    }
    const made = known;
    try {
      const peer = await made.peer;
      if (!peer.closed) return peer;
    } catch (error) {
      if (this.#sessions.get(session) === made) this.#sessions.delete(session);
      throw error;
    }
    if (this.#sessions.get(session) === made) this.#sessions.delete(session);
    return this.peer(session);
  }

  /** The connection does not answer: the next request asks for another. */
  drop(session: string): void {
    const known = this.#sessions.get(session);
    this.#sessions.delete(session);
    void known?.peer.then((peer) => peer.close()).catch(() => undefined); // It never was one.
  }

  async #ask(session: string): Promise<PagePeer> {
    const port = await new Promise<MessagePort>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(session);
        reject(new BvError('ERR_BV_PEER_GONE', 'No open page runs this preview'));
      }, answerTimeoutMs);
      this.#waiting.set(session, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(session);
        resolve(answer);
      });
      void this.#scope.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((clients) => {
        for (const client of clients) client.postMessage({ kind: 'bv-preview-who', session });
      });
    });
    return this.#greet(session, port);
  }

  async #greet(session: string, port: MessagePort): Promise<PagePeer> {
    const peer: PagePeer = new Peer(port, { handlers: {}, onNotice: () => undefined });
    try {
      await peer.call('hello', { version: PREVIEW_WIRE_VERSION }, { signal: AbortSignal.timeout(answerTimeoutMs) });
    } catch (error) {
      peer.close();
      this.#sessions.delete(session);
      // The page is newer or older than this worker: perhaps there is a worker that fits it.
      if (error instanceof BvError && error.code === 'ERR_BV_WIRE_VERSION') await this.#scope.registration.update();
      throw error;
    }
    return peer;
  }
}
