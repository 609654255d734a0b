/**
 * What the modules that stand in for Node's and npm's own (`modules/`) work on. npm's code reaches them as modules, so there is one
 * session at a time; another one waits for its end.
 */
import type { Overlay } from './overlay.ts';
import type { Prefetch } from './prefetch.ts';
import type { ResolveRequest } from './request.ts';

export interface Session {
  readonly request: ResolveRequest;
  readonly overlay: Overlay;
  readonly packuments: Prefetch;
  /** A line of npm's log: `prefix` is what stands behind `npm warn`. */
  readonly warn: (prefix: string, parts: readonly unknown[]) => void;
}

let current: Session | undefined;
let last: Promise<unknown> = Promise.resolve();

/** @throws {Error} outside of a session: npm's code was asked for something while nothing is resolved. */
export function session(): Session {
  if (current === undefined) throw new Error('No tree is being decided on');
  return current;
}

/** Undefined outside of a session: while npm's modules are evaluated. */
export function currentSession(): Session | undefined {
  return current;
}

/** Runs `work` when all earlier sessions have ended. */
export function runSession<T>(next: Session, work: () => Promise<T>): Promise<T> {
  const turn = last.then(async () => {
    current = next;
    try {
      next.request.signal?.throwIfAborted();
      return await work();
    } finally {
      current = undefined;
    }
  });
  last = turn.catch(() => undefined);
  return turn;
}
