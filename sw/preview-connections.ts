/**
 * The service worker's connections to the pages that run containers. A worker is stopped whenever it is idle and loses all of
 * them: a session without one asks every window for it, and whoever runs the session answers with a port. A page may go
 * without a word, too: a connection that was quiet is tried before it is used, and while an answer is awaited.
 */
import { BvError } from '../runtime/base/errors.ts';
import { Peer } from '../runtime/wires/rpc.ts';
import {
  PREVIEW_WIRE_VERSION,
  type DocumentNotice,
  type PageNotice,
  type PreviewOps,
  type WireRequest,
  type WireResponse,
} from '../runtime/wires/preview-wire.ts';
import type { WorkerScope } from './worker-types.ts';

export type PagePeer = Peer<PreviewOps, Record<never, never>, DocumentNotice, PageNotice>;

/** How long a page may take to answer. */
const answerTimeoutMs = 4000;
/** After so long without an answer it is asked whether it is still there. */
const quietMs = 2000;

interface Session {
  /** We asked for it; else a page gave it by itself, which may have been another's. */
  readonly asked: boolean;
  readonly peer: Promise<PagePeer>;
  heardAt: number;
}

export class PreviewConnections {
  readonly #scope: WorkerScope;
  readonly #sessions = new Map<string, Session>();
  readonly #waiting = new Map<string, (port: MessagePort) => void>();

  constructor(scope: WorkerScope) {
    this.#scope = scope;
  }

  /** A page hands over a port, asked or not: the newest counts. Resolves when the two understand each other. */
  async accept(session: string, port: MessagePort): Promise<void> {
    const waiting = this.#waiting.get(session);
    if (waiting !== undefined) waiting(port);
    else this.#keep(session, this.#greet(port), { asked: false });
    await this.#sessions.get(session)?.peer;
  }

  /**
   * Sends a request to the session's page. If its connection is lost meanwhile, one that may be sent twice is sent again.
   *
   * @throws {BvError} `ERR_BV_PEER_GONE` if no page runs the session, or it went away meanwhile; `ERR_BV_WIRE_VERSION` if it
   *   is of another version.
   */
  async request(
    session: string,
    args: WireRequest,
    signal: AbortSignal,
  ): Promise<{ readonly peer: PagePeer; readonly head: WireResponse }> {
    const isSafe = args.method === 'GET' || args.method === 'HEAD';
    for (;;) {
      const known = await this.#session(session);
      const peer = await known.peer;
      const watch = setInterval(() => void this.#alive(known, peer), quietMs);
      try {
        const head = await peer.call('request', args, { signal });
        known.heardAt = performance.now();
        return { peer, head };
      } catch (error) {
        // The page was gone in the midst of it. Ends, since asking for a page that is not there fails.
        if (!peer.closed || !isSafe) throw error;
      } finally {
        clearInterval(watch);
      }
    }
  }

  /** With a peer that answers. */
  async #session(session: string): Promise<Session> {
    for (;;) {
      const known = this.#sessions.get(session) ?? this.#keep(session, this.#ask(session), { asked: true });
      const peer = await known.peer.catch((error: unknown) => {
        if (known.asked) throw error;
        return undefined;
      });
      if (peer?.closed === false && (performance.now() - known.heardAt < quietMs || (await this.#alive(known, peer)))) return known;
      if (this.#sessions.get(session) === known) this.#sessions.delete(session);
    }
  }

  #keep(session: string, peer: Promise<PagePeer>, { asked }: { readonly asked: boolean }): Session {
    const kept: Session = { asked, peer, heardAt: performance.now() };
    this.#sessions.set(session, kept);
    peer.then(
      () => (kept.heardAt = performance.now()),
      () => {
        if (this.#sessions.get(session) === kept) this.#sessions.delete(session);
      },
    );
    return kept;
  }

  /** Whether the page answers; a connection whose page does not is closed, which fails all that waits for it. */
  async #alive(session: Session, peer: PagePeer): Promise<boolean> {
    try {
      await peer.call('hello', { version: PREVIEW_WIRE_VERSION }, { signal: AbortSignal.timeout(answerTimeoutMs) });
      session.heardAt = performance.now();
      return true;
    } catch {
      peer.close(); // Whatever the reason: the page is asked for another.
      return false;
    }
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
    return this.#greet(port);
  }

  async #greet(port: MessagePort): Promise<PagePeer> {
    const peer: PagePeer = new Peer(port, {
      handlers: {},
      onNotice: (notice) => {
        if (notice.kind === 'bye') peer.close();
      },
    });
    // Some browsers tell that the page was closed or crashed.
    port.addEventListener('close', () => peer.close());
    try {
      await peer.call('hello', { version: PREVIEW_WIRE_VERSION }, { signal: AbortSignal.timeout(answerTimeoutMs) });
    } catch (error) {
      peer.close();
      // The page is newer or older than this worker: perhaps there is a worker that fits it.
      if (error instanceof BvError && error.code === 'ERR_BV_WIRE_VERSION') void this.#scope.registration.update().catch(() => undefined); // There is none.
      throw error;
    }
    return peer;
  }
}
