/** The server's end of a WebSocket for tests in browsers: says back what it hears, `close` closes. */
import type { FakePipe } from './fake-container.ts';

async function accept(key: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`));
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

/** Short frames only. */
export async function echoWebSocket({ readable, writable }: FakePipe, onHead: (head: string) => void = () => undefined): Promise<void> {
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let held: number[] = [];
  let greeted = false;
  const write = (bytes: readonly number[]) => writer.write(Uint8Array.from(bytes));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held.push(...value);
    if (!greeted) {
      const head = String.fromCharCode(...held);
      if (!head.endsWith('\r\n\r\n')) continue;
      onHead(head);
      held = [];
      greeted = true;
      const key = /sec-websocket-key: (.*)\r/i.exec(head)?.[1] ?? '';
      const answer = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${await accept(key)}\r\n\r\n`;
      await write([...answer].map((character) => character.charCodeAt(0)));
      continue;
    }
    while (held.length >= 6 && held.length >= 6 + (held[1]! & 127)) {
      const length = held[1]! & 127;
      const mask = held.slice(2, 6);
      const payload = held.slice(6, 6 + length).map((byte, index) => byte ^ mask[index & 3]!);
      const opcode = held[0]! & 15;
      held = held.slice(6 + length);
      const isWord = String.fromCharCode(...payload) === 'close';
      if (opcode === 1 && isWord) await write([0x88, 6, 4001 >> 8, 4001 & 255, ...[...'done'].map((character) => character.charCodeAt(0))]);
      else if (opcode !== 8) await write([0x80 | opcode, length, ...payload]);
    }
  }
}
