/** Tars as nobody honest writes them: every field of a header can be set. */

export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly contents?: Uint8Array | string;
  /** Default `0`. */
  readonly flag?: string;
  readonly mode?: number | string;
  readonly target?: string;
  readonly prefix?: string;
  /** What the header says, in place of the contents' size. */
  readonly size?: number | Uint8Array;
  /** Default `ustar\0` and `00`. */
  readonly magic?: string;
  readonly badChecksum?: boolean;
  /** Bytes instead of the contents, not padded. */
  readonly raw?: Uint8Array;
}

const encoder = new TextEncoder();

export function rawEntry(entry: RawEntry): Uint8Array {
  const contents = typeof entry.contents === 'string' ? encoder.encode(entry.contents) : (entry.contents ?? new Uint8Array());
  const block = new Uint8Array(512);
  const put = (text: string, at: number) => block.set(encoder.encode(text), at);
  const name = typeof entry.name === 'string' ? encoder.encode(entry.name) : entry.name;
  block.set(name.subarray(0, 100));
  put(typeof entry.mode === 'string' ? entry.mode : (entry.mode ?? 0o644).toString(8).padStart(7, '0'), 100);
  put('0000000\u00000000000\u0000', 108);
  if (entry.size instanceof Uint8Array) block.set(entry.size, 124);
  else put((entry.size ?? contents.length).toString(8).padStart(11, '0'), 124);
  put('00000000000', 136);
  if (entry.flag !== '') put(entry.flag ?? '0', 156);
  put(entry.target ?? '', 157);
  put(entry.magic ?? 'ustar\u000000', 257);
  put(entry.prefix ?? '', 345);
  let sum = 8 * 32;
  for (let i = 0; i < 512; i++) if (i < 148 || i > 155) sum += block[i] as number;
  put(`${(entry.badChecksum === true ? sum + 1 : sum).toString(8).padStart(6, '0')}\u0000 `, 148);
  const body = entry.raw ?? contents;
  const whole = new Uint8Array(512 + (entry.raw === undefined ? Math.ceil(body.length / 512) * 512 : body.length));
  whole.set(block);
  whole.set(body, 512);
  return whole;
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function rawTar(entries: readonly RawEntry[], end = 1024): Uint8Array<ArrayBuffer> {
  return joinBytes([...entries.map(rawEntry), new Uint8Array(end)]);
}

export function paxEntry(records: Readonly<Record<string, string>>, flag = 'x'): RawEntry {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = encoder.encode(` ${key}=${value}\n`).length;
    let length = rest + 1;
    while (String(length).length + rest !== length) length = String(length).length + rest;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'PaxHeader', flag, contents: lines.join('') };
}

export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
}
