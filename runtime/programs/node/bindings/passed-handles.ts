import type { Handle } from '../../../base/ids.ts';
import type { PassedHandle } from '../../../wires/process-wire.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import type { KernelStream } from '../wraps/kernel-stream.ts';
import { streamWraps, type LibuvStreamWrap } from '../wraps/stream-wrap.ts';
import { unavailable } from './absent.ts';

/**
 * Connections and listeners over the channel of `fork()`: `child.send(message, handle)`, and with it `cluster`. `channel` is an end of it.
 *
 * A handle goes ahead of the message it belongs to. Node's library has one under way at a time, and keeps `pendingHandle` for its message.
 */
export function passHandles(realm: NodeRealm, channel: LibuvStreamWrap): void {
  const { streamOf, LibuvStreamWrap } = streamWraps(realm);
  const { syscalls } = realm;
  const stream = streamOf(channel);
  const passOver = (own: Handle, handle: Handle) => void syscalls.call('pass', { channel: own, handle }, () => undefined);

  const pass = (wrap: unknown): void => {
    const { codes } = realm.requireBuiltin('internal/errors');
    if (!(wrap instanceof LibuvStreamWrap)) throw new codes.ERR_INVALID_HANDLE_TYPE();
    const passed = streamOf(wrap);
    if (passed.handle === undefined && !passed.isExpected) {
      if (passed.request === undefined) throw unavailable('child.send() of a handle', 'it neither listens nor is connected');
      passed.request();
    }
    // A socket that the sender keeps is still read by it.
    if ((wrap as Untyped)[realm.symbols['owner_symbol']!]?._handle !== wrap) passed.surrender();
    if (passed.handle !== undefined && stream.handle !== undefined) passOver(stream.handle, passed.handle);
    else passLater(passed);
  };

  /** The child, or the server, is still to come: the sender may close what it sends meanwhile. */
  const passLater = (passed: KernelStream): void => {
    let then: ((copy: Handle | undefined) => void) | undefined;
    let known: { readonly copy: Handle | undefined } | undefined;
    const settle = (copy: Handle | undefined) => {
      known = { copy };
      then?.(copy);
    };
    passed.whenAttached(() => {
      if (passed.handle === undefined) settle(undefined);
      else syscalls.call('duplicate', { handle: passed.handle }, ({ result }) => settle(result?.handle));
    });
    stream.whenAttached(() => {
      const own = stream.handle;
      const resume = own === undefined ? () => undefined : stream.suspend();
      then = (copy) => {
        if (copy !== undefined) {
          if (own !== undefined) passOver(own, copy);
          syscalls.notify({ kind: 'close', handle: copy });
        }
        resume();
      };
      if (known !== undefined) then(known.copy);
    });
  };

  for (const name of ['writeUtf8String', 'writeBuffer']) {
    const write = (channel as Untyped)[name] as Function;
    Object.defineProperty(channel, name, {
      value(this: unknown, request: unknown, data: unknown, wrap: unknown): unknown {
        if (wrap) pass(wrap);
        return write.call(this, request, data);
      },
      configurable: true,
      writable: true,
      enumerable: false,
    });
  }

  const take = (): void => {
    if (stream.handle === undefined) return;
    syscalls.call('takePassed', { channel: stream.handle }, ({ result }) => {
      if (result === undefined) return;
      take();
      realm.loop.enqueue(() => void ((channel as Untyped).pendingHandle = wrapOf(realm, result)));
    });
  };
  stream.whenAttached(take);
}

function wrapOf(realm: NodeRealm, passed: PassedHandle): unknown {
  if ('port' in passed.local) return new (realm.internalBinding('tcp_wrap').TCP)(0, passed);
  return new (realm.internalBinding('pipe_wrap').Pipe)(0, passed);
}
