/**
 * Between the page and the sandbox realm, the hidden opaque-origin frame in which native workers live. The page never
 * trusts what comes back: a realm can only say that it is ready and that a worker failed.
 */
import type { WorkerId } from './host-wire.ts';

export type RealmCommand =
  /** The classic script of a program, before the first worker that runs it. */
  | { readonly kind: 'program'; readonly program: string; readonly source: Blob }
  /** A worker for it; `port` (transferred) goes to the worker in its first message. */
  | { readonly kind: 'start'; readonly worker: WorkerId; readonly program: string; readonly port: unknown }
  | { readonly kind: 'end'; readonly worker: WorkerId }
  /** Answered by `alive` at once: a frame whose process has died answers nothing. */
  | { readonly kind: 'ping' };

export type RealmNotice =
  | { readonly kind: 'ready' }
  /** `atMs`: when the frame was asked, on the clock that it shares with the page (`performance.timeOrigin + performance.now()`). */
  | { readonly kind: 'alive'; readonly atMs: number }
  /** The worker's script could not be started, or threw outside of every program. */
  | { readonly kind: 'failed'; readonly worker: WorkerId; readonly message: string };
