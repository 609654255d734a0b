/** Kernel handles as web streams of the page. */
import { concatBytes } from '../base/bytes.ts';
import type { Handle } from '../base/ids.ts';
import { BvError, PosixError } from '../base/errors.ts';
import type { ContainerCalls } from './container-calls.ts';

/** Bytes per read call: large enough to amortise the round trip, small enough to keep the page responsive. */
const readBytes = 65_536;

/** Whether an error only says that the other end, or the whole runtime, is gone. */
function isGone(error: unknown): boolean {
  return (
    (error instanceof PosixError && ['EIO', 'EBADF', 'EPIPE', 'ECONNRESET'].includes(error.code)) ||
    (error instanceof BvError && ['ERR_BV_PEER_GONE', 'ERR_BV_TORN_DOWN'].includes(error.code))
  );
}

/**
 * What is read from a handle. Reads only as the consumer pulls; cancelling, and its end, close the handle. `onBytes` sees what is read
 * before the consumer does.
 */
export function readableOf(
  kernel: ContainerCalls,
  handle: Handle,
  onBytes?: (bytes: Uint8Array) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const cancelled = new AbortController();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { bytes } = await kernel.call('read', { handle, maxBytes: readBytes }, { signal: cancelled.signal });
          if (bytes.length > 0) {
            onBytes?.(bytes);
            controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
            return;
          }
        } catch (error) {
          if (cancelled.signal.aborted) return;
          if (!isGone(error)) {
            controller.error(error);
            return;
          }
        }
        kernel.notify({ kind: 'close', handle });
        controller.close();
      },
      cancel() {
        cancelled.abort();
        kernel.notify({ kind: 'close', handle });
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Writes to a handle with back-pressure. Closing it closes the handle unless `keepOpen`. With `ignoreGone` what is written
 * after the other end has gone is dropped, as a terminal does it, instead of failing.
 */
export function writableOf(
  kernel: ContainerCalls,
  handle: Handle,
  { keepOpen, ignoreGone = false }: { readonly keepOpen: boolean; readonly ignoreGone?: boolean },
): WritableStream<Uint8Array> {
  const close = () => {
    if (!keepOpen) kernel.notify({ kind: 'close', handle });
  };
  return new WritableStream<Uint8Array>({
    async write(bytes) {
      try {
        await kernel.call('write', { handle, bytes });
      } catch (error) {
        if (!ignoreGone || !isGone(error)) throw error;
      }
    },
    close,
    abort: close,
  });
}

/**
 * Text to a stream of bytes. Not a TextEncoderStream that is piped: where nobody closes its writable end, which a terminal's is not, browsers
 * keep the pipe, and with it the page's part that was its owner, for as long as the page lives.
 */
export function textWritable(bytes: WritableStream<Uint8Array>): WritableStream<string> {
  const encoder = new TextEncoder();
  const writer = bytes.getWriter();
  writer.closed.catch(() => undefined); // Told by each write.
  /** The first half of a character, whose other half is in the next piece. */
  let half = '';
  return new WritableStream<string>({
    async write(piece) {
      const text = half + piece;
      half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : '';
      const whole = text.slice(0, text.length - half.length);
      if (whole !== '') await writer.write(encoder.encode(whole));
    },
    async close() {
      if (half !== '') await writer.write(encoder.encode(half));
      await writer.close();
    },
    abort: (reason) => writer.abort(reason),
  });
}

/** All bytes of a stream, at most `maxBytes` of them kept; the rest is read and dropped. */
export async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let truncated = false;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const kept = value.subarray(0, Math.max(0, maxBytes - length));
    truncated ||= kept.length < value.length;
    if (kept.length > 0) parts.push(kept);
    length += kept.length;
  }
  return { bytes: concatBytes(parts), truncated };
}
