import { asyncWraps } from '../wraps/async-wrap.ts';
import { uv } from '../wraps/errors.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { streamBase, type StreamBackend } from '../wraps/stream-base.ts';
import { streamWraps, type LibuvStreamWrap } from '../wraps/stream-wrap.ts';
import type { MakeBinding, Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';

/** Answers of a socket to questions of OpenSSL, which the page's browser does not answer. Each is what Node gives where nothing is known. */
const unknown = {
  getALPNNegotiatedProtocol: false,
  getCipher: undefined,
  getEphemeralKeyInfo: {},
  getFinished: undefined,
  getPeerFinished: undefined,
  getPeerCertificate: undefined,
  getPeerX509Certificate: undefined,
  getCertificate: {},
  getX509Certificate: undefined,
  getProtocol: 'unknown',
  getSession: undefined,
  getSharedSigalgs: [],
  getTLSTicket: undefined,
  getServername: undefined,
  isSessionReused: false,
  /** Null: whoever was not verified is not connected to. */
  verifyError: null,
} as const;

/** Wishes that the browser's own handshake does not ask for. */
const wishes = [
  'setVerifyMode',
  'setSession',
  'setServername',
  'requestOCSP',
  'enableSessionCallbacks',
  'enableTrace',
  'setMaxSendFragment',
];

const overOwnStream = () => unavailable('TLS over a stream of the program', "the page's browser makes its connections itself");

const notOutside = () =>
  unavailable('TLS', 'nothing between programs of a container is encrypted; connect with http, or to a host outside');

/** What cannot be had of a connection that somebody else encrypts. */
const refused = ['exportKeyingMaterial', 'renegotiate', 'enableKeylogCallback', 'enablePskCallback', 'setKeyCert', 'receive'];

/**
 * `internalBinding('tls_wrap')`: the client's end of TLS. Nothing is encrypted here: the kernel's gateway is told that the requests of
 * this connection are for `https`, and the page's browser performs them, verifies the server and chooses all that a handshake settles.
 */
export const makeTlsWrap: MakeBinding = (realm) => {
  const { AsyncWrap, makeCallback } = asyncWraps(realm);
  const { isOpen } = handleWraps(realm);
  const { LibuvStreamWrap, streamOf } = streamWraps(realm);
  const base = streamBase(realm);
  /** What no handshake has opened. */
  const nowhere: StreamBackend = {
    readStart: () => 0,
    readStop: () => 0,
    // Waits for the handshake, as all that is written before it.
    write: () => 1,
    shutdown: (done) => {
      realm.platform.postTask(() => done(0));
      return 0;
    },
    bytesRead: 0,
    bytesWritten: 0,
    fd: -1,
  };

  class TLSWrap extends AsyncWrap {
    /** Undefined for a stream of the program: such a socket can be made and looked at, and fails when the handshake begins. */
    #parent: LibuvStreamWrap | undefined;
    #protocols: readonly string[] = [];
    #servername: string | undefined;
    #state: 'plain' | 'handshake' | 'secure' = 'plain';
    /** What was written before the kernel knew: it must not be read as anything else. */
    #waiting: (() => void)[] = [];
    #failure = 0;

    constructor(parent: LibuvStreamWrap | undefined) {
      super('TLSWRAP');
      this.#parent = parent;
      if (parent === undefined) {
        base.setBackend(this, nowhere);
        return;
      }
      const stream = streamOf(parent);
      base.setConsumer(parent, { onRead: (bytes, errno) => base.emitRead(this, bytes, errno) });
      base.setBackend(this, {
        readStart: () => (parent as Untyped).readStart() as number,
        readStop: () => (parent as Untyped).readStop() as number,
        write: (bytes, done) => {
          if (this.#failure !== 0) return this.#failure;
          if (!isOpen(parent)) return uv('EBADF');
          if (this.#state === 'secure') return stream.write(bytes, done);
          this.#waiting.push(() => {
            const result = this.#failure === 0 ? stream.write(bytes, done) : this.#failure;
            if (result !== 1) done(result);
          });
          return 1;
        },
        shutdown: (done) => {
          if (!isOpen(parent)) return uv('ENOTCONN');
          if (this.#state === 'secure') return stream.shutdown(done);
          // As after a failed handshake: there is nobody to say good-bye to.
          if (this.#state === 'plain' || this.#failure !== 0) {
            realm.platform.postTask(() => done(0));
            return 0;
          }
          this.#waiting.push(() => {
            const result = this.#failure === 0 ? stream.shutdown(done) : this.#failure;
            if (result !== 0) done(result);
          });
          return 0;
        },
        get bytesRead() {
          return stream.bytesRead;
        },
        get bytesWritten() {
          return stream.bytesWritten;
        },
        get fd() {
          return (parent as Untyped).fd as number;
        },
      });
    }

    /** Whether the page's browser verifies, or has verified, who is at the other end. */
    static isBrowsers(wrap: TLSWrap): boolean {
      return wrap.#state !== 'plain';
    }

    /** The client's first word. */
    start(): void {
      const parent = this.#parent;
      if (parent === undefined) {
        realm.platform.postTask(() => makeCallback(this, (this as Untyped).onerror, [overOwnStream()]));
        return;
      }
      const { handle } = streamOf(parent);
      if (this.#state !== 'plain' || handle === undefined) return;
      this.#state = 'handshake';
      realm.syscalls.call('startTls', { handle }, (outcome) => {
        if (outcome.error) this.#failure = uv('EPROTO');
        else this.#state = 'secure';
        realm.platform.postTask(() => {
          if (!isOpen(parent)) return;
          if (this.#failure === 0) makeCallback(this, (this as Untyped).onhandshakedone, []);
          else makeCallback(this, (this as Untyped).onerror, [notOutside()]);
        });
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const run of waiting) run();
      });
    }

    setALPNProtocols(list: Uint8Array): void {
      const protocols: string[] = [];
      for (let at = 0; at < list.length; at += 1 + (list[at] ?? 0)) {
        protocols.push(String.fromCharCode(...list.subarray(at + 1, at + 1 + (list[at] ?? 0))));
      }
      this.#protocols = protocols;
    }

    /** The gateway speaks nothing else. */
    getALPNNegotiatedProtocol(): string | false {
      return this.#protocols.includes('http/1.1') ? 'http/1.1' : false;
    }

    setServername(name: string): void {
      this.#servername = name;
    }

    getServername(): string | false {
      return this.#servername ?? false;
    }

    get writeQueueSize(): number {
      return ((this.#parent as Untyped | undefined)?.writeQueueSize as number | undefined) ?? 0;
    }

    writesIssuedByPrevListenerDone(): void {}
    destroySSL(): void {}
  }
  base.install(TLSWrap.prototype);
  const define = (name: string, value: unknown) =>
    name in TLSWrap.prototype || Object.defineProperty(TLSWrap.prototype, name, { value, writable: true, configurable: true });
  for (const [name, value] of Object.entries(unknown)) define(name, () => value);
  for (const name of wishes) define(name, () => 0);
  for (const name of refused) {
    define(name, () => {
      throw unavailable(`TLSSocket ${name}`, "the page's browser encrypts the connection");
    });
  }

  return {
    TLSWrap,
    wrap(handle: unknown, _context: unknown, isServer: boolean) {
      if (isServer)
        throw unavailable('A TLS server', 'nothing between programs of a container is encrypted; http serves them, and previews too');
      return new TLSWrap(handle instanceof LibuvStreamWrap ? handle : undefined);
    },
    HAVE_SSL_TRACE: 0,
    /**
     * For `patches.ts`: what stands in for a program's own check of a certificate that only the browser has seen, and has verified. Nothing
     * does where there was no handshake, but a stand-in for the server within the program (as msw and nock have them).
     */
    cannotCheckIdentity: (wrap: TLSWrap) =>
      TLSWrap.isBrowsers(wrap)
        ? unavailable('checkServerIdentity', "the page's browser verifies servers and shows no certificates")
        : undefined,
  };
};
