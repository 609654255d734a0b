import type { MakeBinding, Untyped } from '../realm.ts';
import type { PassedHandle, SocketAddress } from '../../../wires/process-wire.ts';
import { addressTable, canonicalIp, familyOf, isIPv4, parseIPv6, plainIPv4 } from '../wraps/addresses.ts';
import { asyncWraps, requestClass, type ReqWrap } from '../wraps/async-wrap.ts';
import { errnoOf, uv } from '../wraps/errors.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { Listener, tellRefused } from '../wraps/listener.ts';
import { streamWraps } from '../wraps/stream-wrap.ts';

const SOCKET = 0;
const SERVER = 1;
/** Node's own, of a server that was given none. */
const maxBacklog = 511;

interface HostPort {
  readonly host: string;
  readonly port: number;
}

function fill(into: Untyped, address: HostPort): void {
  into.address = address.host;
  into.family = familyOf(address.host);
  into.port = address.port;
}

/** Of the end at `local`, whose other end is at `remote`. */
function endName(local: HostPort | undefined, remote: HostPort | undefined): string {
  return `${plainIPv4(local?.host ?? '')} ${local?.port} ${plainIPv4(remote?.host ?? '')} ${remote?.port}`;
}

function hostPort(address?: SocketAddress): HostPort | undefined {
  return address !== undefined && 'port' in address ? address : undefined;
}

/** `internalBinding('tcp_wrap')`: streams and listeners of the kernel's virtual network. */
export const makeTcpWrap: MakeBinding = (realm) => {
  const { makeCallback, dispatched, finish, triggeredBy } = asyncWraps(realm);
  const { setActive, isOpen } = handleWraps(realm);
  const { LibuvStreamWrap, streamOf, openFd, beforeClose } = streamWraps(realm);
  const TCPConnectWrap = requestClass(realm, 'TCPConnectWrap', 'TCPCONNECTWRAP');

  /** The ends of connections that are open here, by their addresses. */
  const ends = new Set<string>();
  /** Where both ends are this process's, Node's next poll finds what was sent. The kernel answers this behind it, and nothing changes. */
  const awaitSent = () =>
    realm.loop.awaitBeforePoll((answered) => void realm.syscalls.call('kill', { target: realm.syscalls.start.pid, signal: 0 }, answered));

  class TCP extends LibuvStreamWrap {
    #bound: HostPort | undefined;
    #delayedError = 0;
    #local: HostPort | undefined;
    #remote: HostPort | undefined;
    #listener: Listener | undefined;
    #typeOfService = 0;

    constructor(type: number, passed?: PassedHandle) {
      if (type !== SOCKET && type !== SERVER) throw new TypeError('Illegal invocation');
      super(type === SERVER ? 'TCPSERVERWRAP' : 'TCPWRAP');
      if (passed !== undefined) this.#attach(passed);
      beforeClose(this, () => {
        this.#listener?.close();
        ends.delete(endName(this.#local, this.#remote));
        setActive(this, false);
      });
    }

    open(fd: number): number {
      return openFd(this, fd);
    }

    bind(address: string, port: number): number {
      return this.#bind(isIPv4(address) ? address : undefined, port);
    }

    bind6(address: string, port: number, _flags: number): number {
      return this.#bind(parseIPv6(address) && canonicalIp(address), port);
    }

    #bind(host: string | undefined, port: number): number {
      if (!isOpen(this)) return uv('EBADF');
      if (host === undefined) return uv('EINVAL');
      if (this.#bound !== undefined) return uv('EINVAL');
      if (!isLocal(host)) return uv('EADDRNOTAVAIL');
      const table = addressTable(realm);
      // As libuv does it, a taken address is told by listen(), not by bind().
      if (port !== 0 && table.taken(host, port)) this.#delayedError = uv('EADDRINUSE');
      const chosen = port === 0 ? table.freePort(host) : port;
      if (chosen === 0) return uv('EADDRINUSE');
      const bound = (this.#bound = { host, port: chosen });
      // A process that is sent a bound socket listens on it, and so does the next: the kernel, which knows no such sockets, listens at once.
      if (this.#delayedError === 0)
        streamOf(this).request = () => {
          if (this.#listener !== undefined) return;
          this.#listener = this.#listenAt(bound);
          this.#listener.open(maxBacklog);
        };
      return 0;
    }

    listen(backlog: number): number {
      if (!isOpen(this)) return uv('EBADF');
      if (this.#delayedError !== 0) return this.#delayedError;
      if (this.#listener !== undefined) return 0;
      const isShared = streamOf(this).kind === 'listener';
      if (this.#bound === undefined && !isShared) {
        const error = this.#bind('0.0.0.0', 0);
        if (error !== 0) return error;
      }
      const address = this.#bound ?? { host: '', port: 0 };
      if (!isShared && addressTable(realm).taken(address.host, address.port)) return uv('EADDRINUSE');
      this.#listener = this.#listenAt(address);
      this.#listener.start(backlog);
      setActive(this, true);
      return 0;
    }

    #listenAt(address: HostPort): Listener {
      return new Listener(realm, address, streamOf(this), {
        onConnection: (accepted) => {
          const client = triggeredBy(this, () => new TCP(SOCKET));
          client.#attach(accepted);
          makeCallback(this, (this as Untyped).onconnection, [0, client]);
        },
        onRefused: (errno) => tellRefused(realm, this, errno, address.host, address.port),
        onFailure: (errno) => makeCallback(this, (this as Untyped).onconnection, [errno, undefined]),
      });
    }

    #attach({ handle, stream: kind = 'socket', ...names }: Omit<PassedHandle, 'stream'> & { stream?: PassedHandle['stream'] }): void {
      const local = (this.#local = hostPort(names.local));
      const remote = (this.#remote = hostPort(names.remote));
      const stream = streamOf(this);
      const other = endName(remote, local);
      if (isOpen(this) && remote !== undefined) ends.add(endName(local, remote));
      stream.onSent = () => {
        if (ends.has(other)) awaitSent();
      };
      // What both had written by the poll is one read there.
      stream.onAskedAhead = () => {
        if (realm.loop.isAwaiting && ends.has(other)) awaitSent();
      };
      stream.attach(handle, kind);
    }

    connect(request: ReqWrap, address: string, port: number): number {
      return this.#connect(request, isIPv4(address) ? address : undefined, port);
    }

    connect6(request: ReqWrap, address: string, port: number): number {
      return this.#connect(request, parseIPv6(address) && canonicalIp(address), port);
    }

    #connect(request: ReqWrap, host: string | undefined, port: number): number {
      if (!isOpen(this)) return uv('EBADF');
      if (host === undefined) return uv('EINVAL');
      if (this.#delayedError !== 0) return this.#delayedError;
      dispatched(request, this);
      // A handle that is closed before its connection is told of was never connected.
      const done = (errno: number) => finish(request, () => [isOpen(this) ? errno : uv('ECANCELED'), this, request, true, true]);
      realm.syscalls.call(
        'connect',
        { address: { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port } },
        (outcome) => {
          if (outcome.error) {
            if (isOpen(this)) streamOf(this).abandon(uv('ENOTCONN'));
            done(errnoOf(outcome.error));
            return;
          }
          this.#attach(outcome.result);
          // A server in this process hears of the connection first, as it does from a real system.
          realm.platform.postTask(() => done(0));
        },
      );
      if (addressTable(realm).listensHere(host, port)) awaitSent();
      return 0;
    }

    getsockname(into: Untyped): number {
      const address = this.#local ?? this.#bound;
      if (!isOpen(this) || address === undefined) return uv('EBADF');
      fill(into, address);
      return 0;
    }

    getpeername(into: Untyped): number {
      if (!isOpen(this)) return uv('EBADF');
      if (this.#remote === undefined) return uv('ENOTCONN');
      fill(into, this.#remote);
      return 0;
    }

    /** Bytes are never held back here. */
    setNoDelay(_enable: boolean): number {
      return isOpen(this) ? 0 : uv('EBADF');
    }

    /** A virtual peer cannot vanish unnoticed, so there is nothing to probe. */
    setKeepAlive(_enable: boolean, _delaySeconds: number): number {
      return isOpen(this) ? 0 : uv('EBADF');
    }

    setTypeOfService(value: number): number {
      if (!isOpen(this)) return uv('EBADF');
      this.#typeOfService = value;
      return 0;
    }

    getTypeOfService(): number {
      return isOpen(this) ? this.#typeOfService : uv('EBADF');
    }

    setSimultaneousAccepts(_enable: boolean): number {
      return 0;
    }

    /** Closes so that the peer sees `ECONNRESET`. */
    reset(callback?: Untyped): number {
      if (!isOpen(this)) return 0;
      streamOf(this).reset();
      this.close(callback);
      return 0;
    }
  }

  return {
    TCP,
    TCPConnectWrap,
    constants: { SOCKET, SERVER, UV_TCP_IPV6ONLY: 1, UV_TCP_REUSEPORT: 2 },
  };
};

/** Addresses that the container's one machine answers to. */
function isLocal(host: string): boolean {
  return (
    host === '::' ||
    host === '::1' ||
    host === '0.0.0.0' ||
    host.startsWith('127.') ||
    host.startsWith('::ffff:127.') ||
    host === '::ffff:0.0.0.0'
  );
}
