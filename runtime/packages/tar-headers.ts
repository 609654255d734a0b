/**
 * The headers of a tar as node-tar reads them: a damaged header is passed over, block by block; pax records and long names count for
 * the next file only, global ones for all that follow; two empty blocks end it. `base/tar-reader.ts` reads the tars that we wrote.
 */

export interface TarHeader {
  /** As it stands in the archive: may be absolute or climb. */
  readonly path: string;
  /**
   * `contiguous` is a file that is made anew where one is already. `other`: directories, devices and what nobody knows, none of which npm
   * unpacks.
   */
  readonly kind: 'file' | 'contiguous' | 'link' | 'other';
  readonly mode: number;
  readonly size: number;
  /** Where the header stands, the contents 512 bytes behind. */
  readonly at: number;
}

/** Records of pax, and what GNU's long names come to. */
interface Extension {
  path?: string;
  size?: number;
}

/** Larger ones are passed over, with their contents. */
const maxExtensionBytes = 1 << 20;
/** Of all together: what takes longer to read than to unpack is no package. */
const maxExtensions = 16 << 20;
const triesPerCall = 4;
/** What pax records can be about. */
const fileFlags = '01234567D';
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class TarHeaders {
  readonly #tar: Uint8Array;
  readonly #warn: (text: string) => void;
  #at = 0;
  #next: Extension | undefined;
  #global: Extension | undefined;
  #emptyBlock = false;
  #extensions = 0;
  #sawEntry = false;
  #problem: string | undefined;

  constructor(tar: Uint8Array, warn: (text: string) => void) {
    this.#tar = tar;
    this.#warn = warn;
  }

  /** Why it cannot be used, once `next` has answered `undefined`. */
  get problem(): string | undefined {
    return this.#problem ?? (this.#sawEntry ? undefined : 'Unrecognized archive format');
  }

  /** `undefined` at the end. Each call reads a few headers that are none: then it answers one of kind `other`. */
  next(): TarHeader | undefined {
    for (let tries = 0; tries < triesPerCall; tries++) {
      if (this.#at + 512 > this.#tar.length) return undefined;
      const at = this.#at;
      this.#at += 512;
      const block = this.#tar.subarray(at, at + 512);
      const stated = number(block, 148, 8);
      const sum = checksum(block);
      if (stated === undefined && sum === 8 * 32) {
        if (this.#emptyBlock) {
          this.#at = this.#tar.length;
          return undefined;
        }
        this.#emptyBlock = true;
        continue;
      }
      this.#emptyBlock = false;
      if (stated !== sum) {
        this.#warn('TAR_ENTRY_INVALID: checksum failure');
        continue;
      }
      const header = this.#read(block, at);
      if (header !== undefined) return header;
      if (this.#problem !== undefined) return undefined;
    }
    return { path: '', kind: 'other', mode: 0, size: 0, at: this.#at };
  }

  #read(block: Uint8Array, at: number): TarHeader | undefined {
    const flag = String.fromCharCode(block[156] || 48);
    const about = fileFlags.includes(flag);
    const next = about ? this.#next : undefined;
    const all = about ? this.#global : undefined;
    const ownSize = number(block, 124, 12);
    const ownMode = number(block, 100, 8);
    if (Number.isNaN(ownSize) || Number.isNaN(ownMode)) {
      this.#warn('TAR_ENTRY_INVALID: a number that is none');
      return undefined;
    }
    const name = next?.path ?? text(block, 0, 100);
    const isDirectory = flag === '5' || (flag === '0' && name.endsWith('/'));
    const size = isDirectory ? 0 : Math.max(0, next?.size ?? all?.size ?? ownSize ?? 0);
    let path = name;
    if (next?.path === undefined && isUstar(block)) {
      const prefix = text(block, 345, block[475] === 0 ? 130 : 155);
      if (prefix !== '' || block[475] !== 0) path = `${prefix}/${name}`;
    }
    const target = text(block, 157, 100);
    const isLink = flag === '1' || flag === '2';
    const isExtended = flag === 'x' || flag === 'g';
    if (path === '' || (isLink && target === '') || (!isLink && !isExtended && target !== '')) {
      this.#warn(`TAR_ENTRY_INVALID: ${path === '' ? 'path is required' : isLink ? 'linkpath required' : 'linkpath forbidden'}`);
      return undefined;
    }
    const start = at + 512;
    if (!Number.isSafeInteger(size) || start + Math.ceil(size / 512) * 512 > this.#tar.length) {
      this.#problem = `Truncated input (needed ${Math.ceil(size / 512) * 512} more bytes, only ${this.#tar.length - start} available)`;
      this.#at = this.#tar.length;
      return undefined;
    }
    this.#sawEntry = true;
    this.#at = start + Math.ceil(size / 512) * 512;
    if ('xgXLNK'.includes(flag)) {
      if (size > 0 && size <= maxExtensionBytes) {
        this.#extensions += size;
        if (this.#extensions <= maxExtensions) this.#extend(flag, this.#tar.subarray(start, start + size));
        else this.#problem = `More than ${maxExtensions} bytes of extended headers`;
      }
      return undefined;
    }
    const mode = (ownMode ?? 0) & 0o7777;
    this.#next = undefined;
    const kind = isDirectory ? 'other' : flag === '0' ? 'file' : flag === '7' ? 'contiguous' : isLink ? 'link' : 'other';
    return { path, kind, mode, size, at };
  }

  #extend(flag: string, contents: Uint8Array): void {
    if (flag === 'x' || flag === 'X') this.#next = { ...this.#next, ...paxRecords(contents) };
    else if (flag === 'g') this.#global = { ...this.#global, ...paxRecords(contents) };
    else if (flag !== 'K') this.#next = { ...this.#next, path: cut(decoder.decode(contents)) };
  }
}

const ustar = new TextEncoder().encode('ustar\u000000');

function isUstar(block: Uint8Array): boolean {
  for (let i = 0; i < ustar.length; i++) if (block[257 + i] !== ustar[i]) return false;
  return true;
}

function checksum(block: Uint8Array): number {
  let sum = 8 * 32;
  for (let i = 0; i < 148; i++) sum += block[i] as number;
  for (let i = 156; i < 512; i++) sum += block[i] as number;
  return sum;
}

function cut(value: string): string {
  const end = value.indexOf('\0');
  return end < 0 ? value : value.slice(0, end);
}

function text(block: Uint8Array, start: number, length: number): string {
  let result = '';
  for (let i = start; i < start + length && block[i] !== 0; i++) {
    const byte = block[i] as number;
    if (byte > 127) {
      const end = block.subarray(start, start + length).indexOf(0);
      return decoder.decode(block.subarray(start, start + (end < 0 ? length : end)));
    }
    result += String.fromCharCode(byte);
  }
  return result;
}

/** Octal or base-256; `undefined` for an empty field, `NaN` for what node-tar throws at. */
function number(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] as number;
  let value = 0;
  if ((first & 0x80) === 0) {
    for (let i = start; i < start + length; i++) {
      const digit = (block[i] as number) - 48;
      if (digit >= 0 && digit <= 7) value = value * 8 + digit;
      else if (i > start && (block[i] === 0 || block[i] === 32)) return value;
      else break;
    }
    // Anything but digits and the end behind them.
    const slow = Number.parseInt(text(block, start, length).trim(), 8);
    return Number.isNaN(slow) ? undefined : slow;
  }
  if (first !== 0x80 && first !== 0xff) return Number.NaN;
  for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] as number);
  if (first === 0xff) value -= 256 ** (length - 1);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** By lines, as node-tar has it: a record whose length does not fit its line says nothing. */
function paxRecords(contents: Uint8Array): Extension {
  const found: Extension = {};
  const lines = decoder.decode(contents).replace(/\n$/, '').split('\n');
  const encoder = new TextEncoder();
  for (const line of lines) {
    const length = Number.parseInt(line, 10);
    // A line has at least as many bytes as characters: most that do not fit are seen without counting.
    if (!(length > line.length) || length !== encoder.encode(line).length + 1) continue;
    const [, key, value = ''] = /^([^=]+)=([^]*)$/.exec(line.slice(String(length).length + 1)) ?? [];
    if (key === 'path') found.path = cut(value);
    else if (key === 'size' && Number(value) >= 0) found.size = Number(value);
  }
  return found;
}
