/** Frames of RFC 6455: what a client sends is masked, what a server sends is not. No extensions are agreed to. */
import { concatBytes } from './bytes.ts';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The peer broke the protocol; `closeCode` is what it is told. */
export class WebSocketProtocolError extends Error {
  readonly closeCode: number;
  constructor(closeCode: number, message: string) {
    super(message);
    this.name = 'WebSocketProtocolError';
    this.closeCode = closeCode;
  }
}

/** Four random bytes; absent where a server sends. */
export type Mask = Uint8Array | undefined;

/** One final frame. */
export function encodeFrame(opcode: number, payload: Uint8Array, mask: Mask): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + extended + (mask?.length ?? 0);
  const frame = new Uint8Array(start + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = (mask === undefined ? 0 : 0x80) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  frame.set(payload, start);
  if (mask !== undefined) {
    frame.set(mask, 2 + extended);
    toggleMask(frame.subarray(start), mask);
  }
  return frame;
}

export function encodeClose(code: number | null, reason: string, mask: Mask): Uint8Array<ArrayBuffer> {
  if (code === null) return encodeFrame(opcodes.close, new Uint8Array(0), mask);
  const text = new TextEncoder().encode(reason);
  const payload = new Uint8Array(2 + text.length);
  new DataView(payload.buffer).setUint16(0, code);
  payload.set(text, 2);
  return encodeFrame(opcodes.close, payload, mask);
}

function toggleMask(payload: Uint8Array, mask: Uint8Array): void {
  for (let at = 0; at < payload.length; at += 1) payload[at]! ^= mask[at & 3]!;
}

export type WebSocketEvent =
  | { readonly kind: 'message'; readonly data: string | Uint8Array<ArrayBuffer> }
  | { readonly kind: 'ping'; readonly payload: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'pong' }
  /** `code` is 1005 if the peer gave none. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

function validCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);
}

export interface WebSocketReaderOptions {
  readonly maxMessageBytes: number;
  /** Who sends what is read. */
  readonly from: 'client' | 'server';
}

/** Puts bytes, cut anywhere, together to messages. */
export class WebSocketReader {
  readonly #maxMessageBytes: number;
  readonly #from: 'client' | 'server';
  #held = new Uint8Array(0);
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #partsLength = 0;
  /** The opcode of the message whose fragments are being gathered. */
  #opcode: number | undefined;

  constructor({ maxMessageBytes, from }: WebSocketReaderOptions) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#from = from;
  }

  /** @throws {WebSocketProtocolError} after which nothing more may be pushed. */
  *push(bytes: Uint8Array): Generator<WebSocketEvent> {
    if (this.#held.length === 0) this.#held = bytes.slice();
    else {
      const joined = new Uint8Array(this.#held.length + bytes.length);
      joined.set(this.#held);
      joined.set(bytes, this.#held.length);
      this.#held = joined;
    }
    for (;;) {
      const event = this.#next();
      if (event === undefined) return;
      if (event !== 'fragment') yield event;
    }
  }

  #next(): WebSocketEvent | 'fragment' | undefined {
    const held = this.#held;
    if (held.length < 2) return undefined;
    const [first, second] = [held[0]!, held[1]!];
    const final = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) throw this.#broken('set a reserved bit');
    const masked = (second & 0x80) !== 0;
    if (masked !== (this.#from === 'client')) throw this.#broken(masked ? 'masked a frame' : 'sent a frame without a mask');
    const short = second & 0x7f;
    const start = (short < 126 ? 2 : short === 126 ? 4 : 10) + (masked ? 4 : 0);
    const control = opcode >= 8;
    if (control && (!final || short > 125)) throw this.#broken('sent a control frame that is too long or in pieces');
    if (held.length < start) return undefined;
    const view = new DataView(held.buffer, held.byteOffset);
    const length = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
    if (this.#partsLength + length > this.#maxMessageBytes) throw this.#broken('sent a message that is too large', 1009);
    if (held.length < start + length) return undefined;
    const payload = held.slice(start, start + length);
    if (masked) toggleMask(payload, held.subarray(start - 4, start));
    this.#held = held.subarray(start + length);
    return control ? this.#control(opcode, payload) : this.#data(opcode, payload, final);
  }

  #control(opcode: number, payload: Uint8Array<ArrayBuffer>): WebSocketEvent {
    if (opcode === opcodes.ping) return { kind: 'ping', payload };
    if (opcode === opcodes.pong) return { kind: 'pong' };
    if (opcode !== opcodes.close) throw this.#broken(`sent a frame of the unknown kind ${opcode}`);
    if (payload.length === 0) return { kind: 'close', code: 1005, reason: '' };
    const code = payload.length === 1 ? 0 : new DataView(payload.buffer).getUint16(0);
    if (!validCloseCode(code)) throw this.#broken('closed with a code that does not exist');
    return { kind: 'close', code, reason: this.#decodeText(payload.subarray(2)) };
  }

  #data(opcode: number, payload: Uint8Array<ArrayBuffer>, final: boolean): WebSocketEvent | 'fragment' {
    if (opcode === opcodes.continuation ? this.#opcode === undefined : this.#opcode !== undefined) {
      throw this.#broken('mixed up the pieces of its messages');
    }
    if (opcode > opcodes.binary) throw this.#broken(`sent a frame of the unknown kind ${opcode}`);
    this.#opcode ??= opcode;
    this.#parts.push(payload);
    this.#partsLength += payload.length;
    if (!final) return 'fragment';
    const kind = this.#opcode;
    const whole = concatBytes(this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
    this.#opcode = undefined;
    return { kind: 'message', data: kind === opcodes.text ? this.#decodeText(whole) : whole };
  }
  #decodeText(payload: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
    } catch {
      throw this.#broken('sent text that is not UTF-8', 1007);
    }
  }

  #broken(what: string, closeCode = 1002): WebSocketProtocolError {
    return new WebSocketProtocolError(closeCode, `The ${this.#from} ${what}`);
  }
}
