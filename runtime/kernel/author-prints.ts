/** What is in files, in a few characters each: to tell later whether somebody changed them. */
import { PosixError } from '../base/errors.ts';
import { S_IFDIR, S_IFLNK, S_IFMT } from '../base/file-mode.ts';
import type { Inode } from '../fs/inode.ts';
import type { Layer } from '../fs/layer.ts';
import type { MountEntry } from '../wires/host-wire.ts';
import type { Container } from './container.ts';

/** Tells what is at a path from what else could be there. */
export type Print = string;
export type Prints = ReadonlyMap<string, Print>;

const encoder = new TextEncoder();

/** Files that the author gave, by their paths. */
export interface GivenFiles {
  print(name: string): Print | undefined;
  names(): Iterable<string>;
}

export class NamedPrints implements GivenFiles {
  readonly #prints: Prints;

  constructor(prints: Prints) {
    this.#prints = prints;
  }

  print(name: string): Print | undefined {
    return this.#prints.get(name);
  }

  names(): Iterable<string> {
    return this.#prints.keys();
  }
}

/** There was a file of each name, and nothing is like it. */
export class AnyFiles implements GivenFiles {
  print(): Print {
    return '';
  }

  names(): Iterable<string> {
    return [];
  }
}

export class LayerFiles implements GivenFiles {
  readonly #layer: Layer;
  readonly #indices = new Map<string, number>();

  constructor(layer: Layer) {
    this.#layer = layer;
    const walk = (index: number, folder: string) => {
      for (const child of layer.nodes[index]?.children ?? []) {
        const path = `${folder}${layer.nodes[child]!.name}`;
        this.#indices.set(path, child);
        walk(child, `${path}/`);
      }
    };
    walk(0, '');
  }

  names(): Iterable<string> {
    return this.#indices.keys();
  }

  print(name: string): Print | undefined {
    const entry = this.entry(name);
    return entry && printOf(entry);
  }

  prints(): Prints {
    return new Map([...this.#indices.keys()].map((name) => [name, this.print(name)!]));
  }

  entry(path: string): MountEntry | undefined {
    const index = this.#indices.get(path);
    if (index === undefined) return undefined;
    const { mode, offset, size, target } = this.#layer.nodes[index]!;
    switch (mode & S_IFMT) {
      case S_IFDIR:
        return { kind: 'directory', path };
      case S_IFLNK:
        return { kind: 'symlink', path, target };
      default:
        return { kind: 'file', path, data: this.#layer.read(offset, size), mode: mode & 0o777 };
    }
  }
}

export function printsOf(entries: readonly MountEntry[]): Prints {
  return new Map(entries.map((entry) => [entry.path, printOf(entry)]));
}

function printOf(entry: MountEntry): Print {
  if (entry.kind === 'directory') return 'd';
  if (entry.kind === 'symlink') return `l${hashOf(encoder.encode(entry.target))}`;
  return filePrint(typeof entry.data === 'string' ? encoder.encode(entry.data) : entry.data, entry.mode ?? 0);
}

function filePrint(bytes: Uint8Array, mode: number): Print {
  return `${(mode & 0o100) === 0 ? 'f' : 'x'}${hashOf(bytes)}`;
}

/** Undefined where nothing is. */
export function printAt({ rootFiles, authority }: Container, path: string): Print | undefined {
  let node: Inode | undefined;
  try {
    ({ node } = rootFiles.resolve(path, { follow: false }));
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
  }
  if (node === undefined) return undefined;
  if (node.isDirectory) return 'd';
  if (node.isSymlink) return `l${hashOf(encoder.encode(node.target))}`;
  return node.isFile ? filePrint(authority.tree.contents(node), node.mode) : 'other';
}

/** Tells contents apart; not for security. Four bytes at a time: a template may have many megabytes. */
function hashOf(bytes: Uint8Array): string {
  const even = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(even.buffer, even.byteOffset, even.length >> 2);
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  const add = (word: number) => {
    a = Math.imul(((a << 5) | (a >>> 27)) ^ word, 2654435761);
    b = Math.imul(((b << 11) | (b >>> 21)) ^ word, 1597334677);
  };
  for (const word of words) add(word);
  for (const byte of even.subarray(words.length << 2)) add(byte);
  return `${bytes.length.toString(36)}.${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
