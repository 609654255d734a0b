import { PosixError } from '../../../base/errors.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { encodingOf, Encodings } from '../encodings.ts';
import { asyncWraps, requestClass } from '../wraps/async-wrap.ts';
import { perRealm } from '../wraps/per-realm.ts';
import { bytesOf } from './buffer.ts';

/** What a failing call was about, for the error. */
export interface CallSubject {
  readonly syscall: string;
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
  /** Node hands its answer over below a `TryCatch`: what the callback throws is lost, be it good or not. */
  readonly losesThrown?: boolean;
}

/** `callback`, of which nothing is heard if it throws. */
const losing = (callback: Function) =>
  function (this: unknown, ...args: unknown[]): unknown {
    try {
      return Reflect.apply(callback, this, args) as unknown;
    } catch {
      return undefined;
    }
  };

/** Answers later, outside the call that asked. */
export type Settle<T> = (error: unknown, value?: T) => void;

/**
 * One way to run a file call in Node's three styles: at once (no request), with an `FSReqCallback`, or with a promise
 * (`kUsePromises`). The later two run in a later turn of the loop, as libuv's thread pool would have answered.
 */
function makeRequests(realm: NodeRealm) {
  const { makeCallback, emitDestroy, AsyncWrap } = asyncWraps(realm);
  const kUsePromises = realm.symbols['fs_use_promises_symbol']!;
  const FSReqCallback = requestClass(realm, 'FSReqCallback', 'FSREQCALLBACK');
  const encodings = new Encodings(realm.platform);
  class FSReqPromise extends AsyncWrap {
    constructor() {
      super('FSREQPROMISE');
    }
  }

  const translate = (error: unknown, { syscall, path, dest }: CallSubject): unknown =>
    error instanceof PosixError ? realm.uvException(error.errno, error.syscall ?? syscall, path, dest) : error;

  /** Of the thread pool, how many have not begun. */
  let waiting = 0;

  const later = (request: Untyped, subject: CallSubject, begin: (settle: Settle<unknown>) => void): Promise<unknown> | undefined => {
    let resolve!: (value: unknown) => void;
    let reject!: (error: unknown) => void;
    const usesPromise = request === kUsePromises;
    const promise = usesPromise ? new Promise<unknown>((yes, no) => ([resolve, reject] = [yes, no])) : undefined;
    const wrap: Untyped = usesPromise ? new FSReqPromise() : request;
    const ended = realm.resources?.addRequest(wrap, usesPromise ? 'FSReqPromise' : 'FSReqCallback');
    let settled = false;
    const settle: Settle<unknown> = (error, value) => {
      if (settled) return;
      settled = true;
      ended?.();
      const failure = error === undefined || error === null ? null : translate(error, subject);
      if (usesPromise) makeCallback(wrap, () => (failure === null ? resolve(value) : reject(failure)), []);
      else if (failure !== null) makeCallback(wrap, request.oncomplete, [failure]);
      else if (value === undefined) makeCallback(wrap, request.oncomplete, [null]);
      else makeCallback(wrap, subject.losesThrown && value !== null ? losing(request.oncomplete) : request.oncomplete, [null, value]);
      emitDestroy(wrap);
    };
    waiting++;
    realm.loop.enqueueWork(() => {
      waiting--;
      begin(settle);
    });
    return promise;
  };

  return {
    kUsePromises,
    FSReqCallback,
    encodings,
    translate,
    run<T>(request: unknown, subject: CallSubject, work: () => T): unknown {
      if (request === undefined) {
        try {
          return work();
        } catch (error) {
          throw translate(error, subject);
        }
      }
      return later(request, subject, (settle) => {
        let value: T;
        try {
          value = work();
        } catch (error) {
          return settle(error);
        }
        // What the program's callback throws is not the call's to catch.
        settle(null, value);
      });
    },
    /** As `run`, for what a thread of the pool has done by the time the program looks, or exits: it is done now, and told later. */
    runSoon<T>(request: unknown, subject: CallSubject, work: () => T): unknown {
      if (request === undefined || waiting > 0) return this.run(request, subject, work);
      let outcome: [unknown, T?];
      try {
        outcome = [null, work()];
      } catch (error) {
        outcome = [error];
      }
      return later(request, subject, (settle) => settle(...outcome));
    },
    /** For calls that another process or the kernel answers. Only with a request. */
    runLater<T>(request: unknown, subject: CallSubject, begin: (settle: Settle<T>) => void): unknown {
      return later(request, subject, (settle) => {
        let done = false;
        realm.loop.ref();
        const answer: Settle<T> = (error, value) => {
          if (done) return;
          done = true;
          realm.loop.enqueue(() => {
            realm.loop.unref();
            settle(error, value);
          });
        };
        try {
          begin(answer);
        } catch (error) {
          answer(error);
        }
      });
    },
    /** A path as the program gave it: text, or bytes in UTF-8. */
    pathOf(path: unknown): string {
      return ArrayBuffer.isView(path) ? realm.platform.decodeUtf8(bytesOf(path)) : String(path);
    },
    /** A name in the encoding the program asked for. */
    named(name: string, encoding: unknown): unknown {
      const kind = encodingOf(encoding, 'utf8');
      if (kind === 'utf8') return name;
      if (kind === 'buffer') return realm.requireBuiltin('buffer').Buffer.from(name);
      return encodings.decode(realm.platform.encodeUtf8(name), kind);
    },
  };
}

export const fsRequests = perRealm(makeRequests);
