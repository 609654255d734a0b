import type { TtySize } from '../../../wires/process-wire.ts';
import type { MakeBinding, Untyped } from '../realm.ts';
import { uv } from '../wraps/errors.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { streamWraps } from '../wraps/stream-wrap.ts';
import { ttySizes } from '../wraps/tty-sizes.ts';

const UV_TTY_MODE_NORMAL = 0;
const UV_TTY_MODE_IO = 2;
const UV_TTY_MODE_RAW_VT = 3;

/** `internalBinding('tty_wrap')`. */
export const makeTtyWrap: MakeBinding = (realm) => {
  const { isOpen } = handleWraps(realm);
  const { LibuvStreamWrap, openFd, streamOf } = streamWraps(realm);
  const sizes = ttySizes(realm);

  function isTTY(fd: number): boolean {
    if (!realm.started) return false;
    const info = realm.syscalls.descriptors.info(fd);
    return info?.kind === 'stream' && info.stream === 'tty';
  }

  class TTY extends LibuvStreamWrap {
    constructor(fd: number, context: Untyped) {
      super('TTYWRAP');
      const errno = isTTY(fd) ? openFd(this, fd) : uv('EINVAL');
      if (errno !== 0) {
        context.errno = errno;
        context.code = realm.internalBinding('uv').errname(errno);
        context.message = realm.internalBinding('uv').getErrorMap().get(errno)?.[1];
        context.syscall = 'uv_tty_init';
      }
    }

    getWindowSize(into: [number, number]): number {
      if (!isOpen(this)) return uv('EBADF');
      const size: TtySize = sizes.of(streamOf(this).handle);
      into[0] = size.columns;
      into[1] = size.rows;
      return 0;
    }

    setRawMode(mode: number): number {
      const handle = streamOf(this).handle;
      if (!isOpen(this) || handle === undefined) return uv('EBADF');
      const raw = mode === UV_TTY_MODE_RAW_VT || mode === UV_TTY_MODE_IO;
      // As uv_tty_set_mode: output processing stays in raw mode and ends only in `io` mode.
      const attributes = { canonical: !raw, echo: !raw, signals: !raw, mapCr: !raw, mapNl: mode !== UV_TTY_MODE_IO };
      realm.syscalls.call('setTty', { handle, attributes }, () => {
        // A tty whose other side is gone: the next read says so.
      });
      return 0;
    }
  }

  return { TTY, isTTY, UV_TTY_MODE_NORMAL, UV_TTY_MODE_IO, UV_TTY_MODE_RAW_VT };
};
