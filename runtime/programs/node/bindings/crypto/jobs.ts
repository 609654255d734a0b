/**
 * Crypto jobs: work described by a constructor, done by `run()`. In Node they run on the thread pool; here each is a task
 * of its own, and long ones hand the thread back between slices.
 */
import type { Untyped } from '../../realm.ts';
import { asyncWraps, namedClass } from '../../wraps/async-wrap.ts';
import type { CryptoRealm } from './crypto-realm.ts';

export const jobModes = { kCryptoJobAsync: 0, kCryptoJobSync: 1, kCryptoJobWebCrypto: 2 } as const;
export type JobMode = (typeof jobModes)[keyof typeof jobModes];

/** Long work yields now and then; what it returns is the result. */
export type Work<T = unknown> = Generator<undefined, T, undefined>;

/** Milliseconds a sliced job may hold the thread. */
const sliceMs = 8;

/** Under which name `async_hooks` sees a job, where it is not `DERIVEBITSREQUEST`. */
const providers: Readonly<Record<string, string>> = {
  HashJob: 'HASHREQUEST',
  HmacJob: 'SIGNREQUEST',
  KmacJob: 'SIGNREQUEST',
  SignJob: 'SIGNREQUEST',
  RandomBytesJob: 'RANDOMBYTESREQUEST',
  RandomPrimeJob: 'RANDOMPRIMEREQUEST',
  CheckPrimeJob: 'CHECKPRIMEREQUEST',
  PBKDF2Job: 'PBKDF2REQUEST',
  ScryptJob: 'SCRYPTREQUEST',
  AESCipherJob: 'CIPHERREQUEST',
  RSACipherJob: 'CIPHERREQUEST',
  ChaCha20Poly1305CipherJob: 'CIPHERREQUEST',
  SecretKeyGenJob: 'KEYGENREQUEST',
  RsaKeyPairGenJob: 'KEYPAIRGENREQUEST',
  EcKeyPairGenJob: 'KEYPAIRGENREQUEST',
  NidKeyPairGenJob: 'KEYPAIRGENREQUEST',
  DhKeyPairGenJob: 'KEYPAIRGENREQUEST',
  DsaKeyPairGenJob: 'KEYPAIRGENREQUEST',
};

/**
 * Checks the arguments, throwing what the constructor shall throw, and returns the work. What the work throws becomes the
 * job's error.
 */
export type Prepare = (mode: JobMode, ...args: Untyped[]) => () => unknown;

function isWork(value: unknown): value is Work {
  return typeof value === 'object' && value !== null && typeof (value as Work).next === 'function' && Symbol.iterator in value;
}

/** Runs sliced work in one go. */
export function finish<T>(value: T | Work<T>): T {
  if (!isWork(value)) return value;
  for (;;) {
    const step = value.next();
    if (step.done === true) return step.value as T;
  }
}

/** Of OpenSSL's errors Node's thread pool hands on the text, and neither code, library nor reason. */
function undecorated(error: unknown): unknown {
  if (!(error instanceof Error) || !('library' in error)) return error;
  const stack = 'opensslErrorStack' in error ? { opensslErrorStack: error.opensslErrorStack } : {};
  return Object.assign(new Error(error.message), stack);
}

/** Defines a job class: `new Job(mode, …)`, `run()`, `ondone(error, result)`. */
export function jobClass(crypto: CryptoRealm, name: string, prepare: Prepare): Untyped {
  const { realm } = crypto;
  const { AsyncWrap, makeCallback, emitDestroy } = asyncWraps(realm);
  const provider = providers[name] ?? 'DERIVEBITSREQUEST';

  function inTask(work: () => unknown, done: (error: unknown, result: unknown) => void): void {
    const { platform, loop } = realm;
    loop.ref();
    const settle = (error: unknown, result: unknown) => {
      loop.enqueue(() => {
        loop.unref();
        done(error, result);
      });
    };
    const slice = (running: Work) => {
      try {
        for (const end = platform.now() + sliceMs; platform.now() < end;) {
          const step = running.next();
          if (step.done === true) return settle(undefined, step.value);
        }
      } catch (error) {
        return settle(error, undefined);
      }
      platform.postTask(() => slice(running));
    };
    platform.postTask(() => {
      let result: unknown;
      try {
        result = work();
      } catch (error) {
        return settle(error, undefined);
      }
      if (isWork(result)) slice(result);
      else settle(undefined, result);
    });
  }

  const Job = class extends AsyncWrap {
    #mode: JobMode;
    #work: () => unknown;
    declare ondone?: (error: unknown, result: unknown) => void;

    constructor(mode: JobMode, ...args: Untyped[]) {
      super(provider);
      this.#mode = mode;
      this.#work = prepare(mode, ...args);
    }

    run(): unknown {
      const work = this.#work;
      if (this.#mode === jobModes.kCryptoJobSync) {
        try {
          return [undefined, finish(work())];
        } catch (error) {
          return [error, undefined];
        }
      }
      if (this.#mode === jobModes.kCryptoJobWebCrypto) {
        return new Promise((resolve, reject) => {
          inTask(work, (error, result) => {
            if (error === undefined) resolve(result);
            else reject(crypto.domException('The operation failed for an operation-specific reason', 'OperationError', error));
          });
        });
      }
      inTask(work, (error, result) => {
        makeCallback(this, this.ondone, error === undefined ? [undefined, result] : [undecorated(error), undefined]);
        emitDestroy(this);
      });
      return undefined;
    }
  };
  return namedClass(realm, name, Job);
}
