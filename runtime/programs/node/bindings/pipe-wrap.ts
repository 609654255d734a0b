import { isAbstract, type PassedHandle } from '../../../wires/process-wire.ts';
import type { MakeBinding, Untyped } from '../realm.ts';
import { addressTable } from '../wraps/addresses.ts';
import { asyncWraps, requestClass, type ReqWrap } from '../wraps/async-wrap.ts';
import { errnoOf, uv } from '../wraps/errors.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { Listener, tellRefused } from '../wraps/listener.ts';
import { streamWraps } from '../wraps/stream-wrap.ts';

const SOCKET = 0;
const SERVER = 1;
const IPC = 2;
const UV_READABLE = 1;
const UV_WRITABLE = 2;
/** `sizeof(sockaddr_un.sun_path)`, with the final NUL of a path. */
const maxPath = 108;
const isTooLong = (path: string): boolean => path.length + (isAbstract(path) ? 0 : 1) > maxPath;

/** `internalBinding('pipe_wrap')`: pipes, sockets of the file tree, and the channel of `fork()`. */
export const makePipeWrap: MakeBinding = (realm) => {
  const { makeCallback, dispatched, finish, triggeredBy } = asyncWraps(realm);
  const { setActive, isOpen } = handleWraps(realm);
  const { LibuvStreamWrap, streamOf, openFd, beforeClose } = streamWraps(realm);
  const PipeConnectWrap = requestClass(realm, 'PipeConnectWrap', 'PIPECONNECTWRAP');

  class Pipe extends LibuvStreamWrap {
    #path: string | undefined;
    /** The same as the program wrote it. */
    #name = '';
    #listener: Listener | undefined;

    constructor(type: number, passed?: PassedHandle) {
      if (type !== SOCKET && type !== SERVER && type !== IPC) throw new TypeError('Illegal invocation');
      super(type === SERVER ? 'PIPESERVERWRAP' : 'PIPEWRAP');
      if (type === IPC) realm.library.part('bindings').passHandles(realm, this);
      if (passed !== undefined) streamOf(this).attach(passed.handle, passed.stream);
      beforeClose(this, () => {
        this.#listener?.close();
        if (this.#path !== undefined) removeSocket(this.#path);
        setActive(this, false);
      });
    }

    open(fd: number): number {
      return openFd(this, fd);
    }

    bind(path: string): number {
      if (!isOpen(this)) return uv('EBADF');
      if (this.#path !== undefined) return uv('EINVAL');
      if (isTooLong(path)) return uv('EINVAL');
      const absolute = resolve(path);
      if (isAbstract(path)) {
        if (addressTable(realm).takenPath(path)) return uv('EADDRINUSE');
        this.#path = this.#name = path;
        return 0;
      }
      try {
        realm.syscalls.files.bindSocket(absolute);
      } catch (error) {
        const errno = errnoOf(error);
        // libuv reports a missing folder of a socket as a missing permission.
        return errno === uv('EEXIST') ? uv('EADDRINUSE') : errno === uv('ENOENT') ? uv('EACCES') : errno;
      }
      this.#path = absolute;
      this.#name = path;
      return 0;
    }

    listen(backlog: number): number {
      if (!isOpen(this)) return uv('EBADF');
      if (this.#path === undefined && streamOf(this).kind !== 'listener') return uv('EINVAL');
      this.#listener = new Listener(realm, { path: this.#path ?? '' }, streamOf(this), {
        onConnection: ({ handle }) => {
          const client = triggeredBy(this, () => new Pipe(SOCKET));
          streamOf(client).attach(handle, 'socket');
          makeCallback(this, (this as Untyped).onconnection, [0, client]);
        },
        onRefused: (errno) => {
          // Another process was first to make the name: it is not ours to remove.
          if (errno === uv('EADDRINUSE')) this.#path = undefined;
          tellRefused(realm, this, errno, this.#name, -1);
        },
        onFailure: (errno) => makeCallback(this, (this as Untyped).onconnection, [errno, undefined]),
      });
      this.#listener.start(backlog);
      setActive(this, true);
      return 0;
    }

    connect(request: ReqWrap, path: string): number {
      if (!isOpen(this)) return uv('EBADF');
      if (isTooLong(path)) return uv('EINVAL');
      dispatched(request, this);
      const done = (errno: number) => finish(request, () => [isOpen(this) ? errno : uv('ECANCELED'), this, request, true, true]);
      const missing = isAbstract(path) || exists(path) ? 0 : uv('ENOENT');
      if (missing !== 0) {
        done(missing);
        return 0;
      }
      realm.syscalls.call('connect', { address: { path: resolve(path) } }, (outcome) => {
        if (outcome.error) {
          streamOf(this).abandon(uv('ENOTCONN'));
          done(errnoOf(outcome.error));
          return;
        }
        streamOf(this).attach(outcome.result.handle, 'socket');
        done(0);
      });
      return 0;
    }

    /** `mode` is `UV_READABLE` and `UV_WRITABLE`: for whom else the socket is open. */
    fchmod(mode: number): number {
      if (!isOpen(this) || this.#path === undefined) return uv('EBADF');
      const bits = (mode & UV_READABLE ? 0o444 : 0) | (mode & UV_WRITABLE ? 0o222 : 0);
      try {
        realm.syscalls.files.chmod(this.#path, bits);
        return 0;
      } catch (error) {
        return errnoOf(error);
      }
    }

    setPendingInstances(_instances: number): void {}
  }

  function resolve(path: string): string {
    if (path.startsWith('/') || isAbstract(path)) return path;
    return `${realm.syscalls.files.cwd().replace(/\/$/, '')}/${path}`;
  }

  function exists(path: string): boolean {
    try {
      realm.syscalls.files.lstat(path);
      return true;
    } catch {
      return false;
    }
  }

  function removeSocket(path: string): void {
    if (isAbstract(path)) return;
    try {
      realm.syscalls.files.unlink(path);
    } catch {
      // Already gone: whoever removed it wanted just that.
    }
  }

  return {
    Pipe,
    PipeConnectWrap,
    constants: { SOCKET, SERVER, IPC, UV_READABLE, UV_WRITABLE },
  };
};
