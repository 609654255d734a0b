/** Frames of RFC 6455, the client's side: what is sent is masked, what comes must not be. No extensions are agreed to. */

import { concatBytes } from '../../../../runtime/base/bytes.ts';

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

/** One masked, final frame. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = new Uint8Array(6 + extended + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  const mask = frame.subarray(2 + extended, 6 + extended);
  crypto.getRandomValues(mask);
  for (let index = 0, at = 6 + extended; index < length; index += 1, at += 1) frame[at] = payload[index]! ^ mask[index & 3]!;
  return frame;
}

export function encodeClose(code: number | null, reason: string): Uint8Array<ArrayBuffer> {
  if (code === null) return encodeFrame(opcodes.close, new Uint8Array(0));
  const text = new TextEncoder().encode(reason);
  const payload = new Uint8Array(2 + text.length);
  new DataView(payload.buffer).setUint16(0, code);
  payload.set(text, 2);
  return encodeFrame(opcodes.close, payload);
}

export type WebSocketEvent =
  | { readonly kind: 'message'; readonly data: string | Uint8Array<ArrayBuffer> }
  | { readonly kind: 'ping'; readonly payload: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'pong' }
  /** `code` is 1005 if the peer gave none. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

function decodeText(payload: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    throw new WebSocketProtocolError(1007, 'The server sent text that is not UTF-8');
  }
}

function validCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);
}

/** Puts bytes, cut anywhere, together to messages. */
export class WebSocketReader {
  readonly #maxMessageBytes: number;
  #held = new Uint8Array(0);
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #partsLength = 0;
  /** The opcode of the message whose fragments are being gathered. */
  #opcode: number | undefined;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
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
    if ((first & 0x70) !== 0) throw new WebSocketProtocolError(1002, 'The server set a reserved bit');
    if ((second & 0x80) !== 0) throw new WebSocketProtocolError(1002, 'The server masked a frame');
    const short = second & 0x7f;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    const control = opcode >= 8;
    if (control && (!final || short > 125))
      throw new WebSocketProtocolError(1002, 'The server sent a control frame that is too long or in pieces');
    if (held.length < start) return undefined;
    const view = new DataView(held.buffer, held.byteOffset);
    const length = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
    if (this.#partsLength + length > this.#maxMessageBytes)
      throw new WebSocketProtocolError(1009, 'The server sent a message that is too large');
    if (held.length < start + length) return undefined;
    const payload = held.slice(start, start + length);
    this.#held = held.subarray(start + length);
    return control ? this.#control(opcode, payload) : this.#data(opcode, payload, final);
  }

  #control(opcode: number, payload: Uint8Array<ArrayBuffer>): WebSocketEvent {
    if (opcode === opcodes.ping) return { kind: 'ping', payload };
    if (opcode === opcodes.pong) return { kind: 'pong' };
    if (opcode !== opcodes.close) throw new WebSocketProtocolError(1002, `The server sent a frame of the unknown kind ${opcode}`);
    if (payload.length === 0) return { kind: 'close', code: 1005, reason: '' };
    const code = payload.length === 1 ? 0 : new DataView(payload.buffer).getUint16(0);
    if (!validCloseCode(code)) throw new WebSocketProtocolError(1002, 'The server closed with a code that does not exist');
    return { kind: 'close', code, reason: decodeText(payload.subarray(2)) };
  }

  #data(opcode: number, payload: Uint8Array<ArrayBuffer>, final: boolean): WebSocketEvent | 'fragment' {
    if (opcode === opcodes.continuation ? this.#opcode === undefined : this.#opcode !== undefined) {
      throw new WebSocketProtocolError(1002, 'The server mixed up the pieces of its messages');
    }
    if (opcode > opcodes.binary) throw new WebSocketProtocolError(1002, `The server sent a frame of the unknown kind ${opcode}`);
    this.#opcode ??= opcode;
    this.#parts.push(payload);
    this.#partsLength += payload.length;
    if (!final) return 'fragment';
    const kind = this.#opcode;
    const whole = concatBytes(this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
    this.#opcode = undefined;
    return { kind: 'message', data: kind === opcodes.text ? decodeText(whole) : whole };
  }
}
