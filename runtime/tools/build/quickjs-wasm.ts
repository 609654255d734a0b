/**
 * QuickJS's WebAssembly as we ship it: the package's build with its function table exported and one free slot at its end, because
 * the build lacks a call for the engine's tracker of rejected promises (runtime/process/engines/quickjs/engine.ts).
 */

const TABLE = 4;
const EXPORT = 7;

function readNumber(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  let shift = 0;
  let next = at;
  for (;;) {
    const byte = bytes[next++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value, next];
    shift += 7;
  }
}

function number(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** @throws {Error} if the module has not exactly one table of its own. */
export function exportTable(wasm: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [wasm.subarray(0, 8)];
  let edits = 0;
  for (let at = 8; at < wasm.length;) {
    const id = wasm[at]!;
    const [size, start] = readNumber(wasm, at + 1);
    let payload = wasm.subarray(start, start + size);
    if (id === TABLE) {
      const [count, type] = readNumber(payload, 0);
      const bounded = payload[type + 1] === 1;
      const [least, after] = readNumber(payload, type + 2);
      if (count !== 1) throw new Error('Cannot export the table of a module that has several');
      const most = bounded ? readNumber(payload, after)[0] : 0;
      payload = Uint8Array.from([
        1,
        payload[type]!,
        bounded ? 1 : 0,
        ...number(least + 1),
        ...(bounded ? number(Math.max(most, least) + 1) : []),
      ]);
      edits++;
    } else if (id === EXPORT) {
      const [count, rest] = readNumber(payload, 0);
      const name = [...new TextEncoder().encode('table')];
      payload = Uint8Array.from([...number(count + 1), ...payload.subarray(rest), name.length, ...name, 1, 0]);
      edits++;
    }
    parts.push(Uint8Array.from([id, ...number(payload.length)]), payload);
    at = start + size;
  }
  if (edits !== 2) throw new Error('Cannot export the table: the module has none, or exports nothing');
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
