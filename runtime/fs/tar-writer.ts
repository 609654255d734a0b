/** Writes trees as uncompressed tars that any tool opens: ustar, with pax records where a name, size or time does not fit. */
import type { Ino } from '../base/ids.ts';
import { matcherOf } from './glob.ts';
import type { Inode } from './inode.ts';
import { S_IFMT, S_IFREG } from '../base/file-mode.ts';
import type { Tree } from './tree.ts';

const encoder = new TextEncoder();
/** Small pieces are joined up to this size, since each part of a Blob has its price. */
const chunkBytes = 1 << 20;

/** What one entry says. */
export interface TarEntryHead {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  readonly mode: number;
  readonly mtimeMs: number;
  /** Of a file. */
  readonly size?: number;
  /** Of a symbolic link. */
  readonly target?: string;
}

export class TarWriter {
  readonly #parts: BlobPart[] = [];
  #chunk = new Uint8Array(64 << 10);
  #used = 0;
  #ended = false;

  /** `contents` must have the size that `entry` says. Bytes are copied, a Blob goes in by reference. */
  add(entry: TarEntryHead, contents?: Uint8Array | Blob): void {
    const size = entry.type === 'file' ? (entry.size ?? (contents instanceof Blob ? contents.size : (contents?.length ?? 0))) : 0;
    const path = entry.type === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
    const name = encoder.encode(path);
    const target = encoder.encode(entry.target ?? '');
    const pax: string[] = [];
    if (name.length > 100 || name.length !== path.length) pax.push(record('path', path));
    if (target.length > 100 || target.length !== (entry.target ?? '').length) pax.push(record('linkpath', entry.target ?? ''));
    if (size > 0o77777777777) pax.push(record('size', String(size)));
    if (!Number.isInteger(entry.mtimeMs / 1000) || entry.mtimeMs < 0) pax.push(record('mtime', String(entry.mtimeMs / 1000)));
    if (pax.length > 0) {
      const bytes = encoder.encode(pax.join(''));
      this.#header(encoder.encode('PaxHeader'), 'x', 0o644, 0, bytes.length, new Uint8Array(0));
      this.#put(bytes);
      this.#pad(bytes.length);
    }
    const flag = entry.type === 'file' ? '0' : entry.type === 'directory' ? '5' : '2';
    this.#header(
      name.subarray(0, 100),
      flag,
      entry.mode & 0o7777,
      Math.max(0, Math.floor(entry.mtimeMs / 1000)),
      Math.min(size, 0o77777777777),
      target.subarray(0, 100),
    );
    if (contents !== undefined && size > 0) {
      if (contents instanceof Blob) {
        this.#flush();
        this.#parts.push(contents);
      } else this.#put(contents);
      this.#pad(size);
    }
  }

  /** The whole archive, ended properly. Parts are given out once. */
  end(): BlobPart[] {
    if (!this.#ended) this.#put(new Uint8Array(1024));
    this.#ended = true;
    this.#flush();
    return this.#parts;
  }

  #header(name: Uint8Array, flag: string, mode: number, seconds: number, size: number, target: Uint8Array): void {
    const block = new Uint8Array(512);
    const octal = (value: number, at: number, length: number) => {
      const digits = value.toString(8).padStart(length - 1, '0');
      for (let i = 0; i < length - 1; i++) block[at + i] = digits.charCodeAt(i);
    };
    block.set(name, 0);
    octal(mode, 100, 8);
    octal(0, 108, 8);
    octal(0, 116, 8);
    octal(size, 124, 12);
    octal(Math.min(seconds, 0o77777777777), 136, 12);
    block[156] = flag.charCodeAt(0);
    block.set(target, 157);
    block.set(encoder.encode('ustar'), 257);
    block[263] = block[264] = 48;
    let sum = 8 * 32;
    for (const byte of block) sum += byte;
    octal(sum, 148, 7);
    block[155] = 32;
    this.#put(block);
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length > chunkBytes) {
      this.#flush();
      this.#parts.push(bytes.slice());
      return;
    }
    const end = this.#used + bytes.length;
    if (end > this.#chunk.length) {
      const chunk = new Uint8Array(Math.max(end, this.#chunk.length * 2));
      chunk.set(this.#chunk.subarray(0, this.#used));
      this.#chunk = chunk;
    }
    this.#chunk.set(bytes, this.#used);
    this.#used = end;
    if (this.#used >= chunkBytes) this.#flush();
  }

  #pad(size: number): void {
    const rest = size % 512;
    if (rest > 0) this.#put(new Uint8Array(512 - rest));
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#parts.push(this.#chunk.slice(0, this.#used));
    this.#used = 0;
  }
}

function record(key: string, value: string): string {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

export interface ArchiveOptions {
  /** Globs of paths below the archived folder that stay out, with all below them … */
  readonly excludes?: readonly string[];
  /** … unless one of these matches. */
  readonly includes?: readonly string[];
  /** Leaves out what still is as a layer has it. */
  readonly onlyWritten?: boolean;
}

/**
 * The tree below the directory `from` as a tar, paths relative to it, in order of names. Devices and sockets are left out, a
 * file with two names is written twice.
 */
export function archive(tree: Tree, from: Inode, options: ArchiveOptions = {}): BlobPart[] {
  const excluded = matcherOf(options.excludes ?? []);
  const included = matcherOf(options.includes ?? []);
  const writer = new TarWriter();
  const stack: { readonly ino: Ino; readonly path: string; readonly out: boolean }[] = [];
  const push = (directory: Inode, path: string, out: boolean) => {
    const names = [...tree.entriesOf(directory)].sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0));
    for (const [name, ino] of names) stack.push({ ino, path: path === '' ? name : `${path}/${name}`, out });
  };
  push(from, '', false);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { ino, path } = next;
    const node = tree.node(ino);
    if (node === undefined) continue;
    const out = (next.out || excluded(path)) && !included(path);
    const pristine = options.onlyWritten === true && node.lower !== undefined && !node.changed;
    if (node.isDirectory) {
      if (!out && !pristine) writer.add({ path, type: 'directory', mode: node.mode, mtimeMs: node.mtimeMs });
      // Even an untouched folder of a layer may hold files that were written.
      if (!out || (options.includes ?? []).length > 0) push(node, path, out);
    } else if (out || pristine) continue;
    else if (node.isSymlink) writer.add({ path, type: 'symlink', mode: node.mode, mtimeMs: node.mtimeMs, target: node.target });
    else if ((node.mode & S_IFMT) === S_IFREG) {
      const reference = !node.loaded && node.source instanceof Blob ? node.source : undefined;
      writer.add({ path, type: 'file', mode: node.mode, mtimeMs: node.mtimeMs, size: node.size }, reference ?? tree.contents(node));
    }
  }
  return writer.end();
}
