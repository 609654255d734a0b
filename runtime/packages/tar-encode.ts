/** Headers of the files in a layer: ustar, with a pax record only where a name does not fit. */

/** 1985-10-26T08:15:00Z, which npm gives to every file it packs. The same everywhere, so that a layer is too. */
const packageMtimeSeconds = 499_162_500;

export interface FileHeader {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
}

const encoder = new TextEncoder();
const blank = blankHeader();

function blankHeader(): Uint8Array {
  const block = new Uint8Array(512);
  octal(block, 0, 108, 7);
  octal(block, 0, 116, 7);
  octal(block, packageMtimeSeconds, 136, 11);
  block[155] = 32;
  block[156] = 48;
  block.set(encoder.encode('ustar\u000000'), 257);
  return block;
}

/**
 * Writes a file's header over the 512 bytes at `at`. Answers the blocks that must stand before it where its name is too long for that,
 * else `undefined`.
 */
export function writeHeader(target: Uint8Array, at: number, file: FileHeader): Uint8Array<ArrayBuffer> | undefined {
  const { path, mode, size } = file;
  const block = target.subarray(at, at + 512);
  block.set(blank);
  octal(block, mode, 100, 7);
  octal(block, size, 124, 11);
  let before: Uint8Array<ArrayBuffer> | undefined;
  if (path.length > 100 || !writeAscii(block, path)) {
    const name = encoder.encode(path);
    const slash = name.length <= 100 ? -1 : splitAt(name);
    if (slash === undefined) before = paxBlocks(path);
    else if (slash > 0) block.set(name.subarray(0, slash), 345);
    block.fill(0, 0, 100);
    block.set(name.subarray((slash ?? -1) + 1).subarray(0, 100));
  }
  seal(block);
  return before;
}

function writeAscii(block: Uint8Array, path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const unit = path.charCodeAt(i);
    if (unit > 127) return false;
    block[i] = unit;
  }
  return true;
}

function octal(block: Uint8Array, value: number, at: number, digits: number): void {
  for (let i = at + digits - 1, rest = value; i >= at; i--, rest = Math.floor(rest / 8)) block[i] = 48 + (rest % 8);
}

function seal(block: Uint8Array): void {
  let sum = 8 * 32;
  for (let i = 0; i < 512; i++) if (i < 148 || i > 155) sum += block[i] as number;
  octal(block, sum, 148, 6);
}

/** The slash that leaves up to 100 bytes of name behind it and has up to 155 before it. */
function splitAt(name: Uint8Array): number | undefined {
  for (let slash = name.length - 101; slash < name.length - 1 && slash <= 155; slash++) if (slash > 0 && name[slash] === 47) return slash;
  return undefined;
}

function paxBlocks(path: string): Uint8Array<ArrayBuffer> {
  const record = paxRecord(`path=${path}\n`);
  const blocks = new Uint8Array(512 + Math.ceil(record.length / 512) * 512);
  writeHeader(blocks, 0, { path: 'PaxHeader', mode: 0o644, size: record.length });
  blocks[156] = 120;
  seal(blocks.subarray(0, 512));
  blocks.set(record, 512);
  return blocks;
}

function paxRecord(text: string): Uint8Array {
  const rest = encoder.encode(` ${text}`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return encoder.encode(`${length} ${text}`);
}
