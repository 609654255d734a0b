/** `container.fs`: the WebContainer API's file system, over the kernel's. */
import type { ContainerId, HostStat } from '../wires/host-wire.ts';
import type { ContainerCalls } from './container-calls.ts';

export type TextEncodingName =
  'ascii' | 'utf8' | 'utf-8' | 'utf16le' | 'ucs2' | 'ucs-2' | 'base64' | 'base64url' | 'latin1' | 'binary' | 'hex';

export interface DirEnt<T> {
  name: T;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export interface FileWatcher {
  close(): void;
}
export type WatchCallback = (event: 'rename' | 'change', filename: string | Uint8Array) => void;
export type WatchOptions =
  { encoding?: TextEncodingName | 'buffer' | null; persistent?: boolean; recursive?: boolean; signal?: AbortSignal } | string | null;

/** Aborting it rejects the call with the signal's reason. A change that is under way may be made nevertheless. */
interface Abortable {
  signal?: AbortSignal | undefined;
}

type ReaddirOptions = string | ({ encoding?: string | null; withFileTypes?: boolean } & Abortable) | null;

function encodingOf(options: ReaddirOptions | undefined): string | null | undefined {
  return typeof options === 'object' && options !== null ? options.encoding : options;
}

function signalOf(options: string | Abortable | null | undefined): Abortable {
  return typeof options === 'object' && options !== null ? { signal: options.signal } : {};
}

function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return text;
}

/** Text of `bytes` in an encoding that Node's `Buffer` knows. @throws {TypeError} for any other. */
export function decodeText(bytes: Uint8Array, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'utf8':
    case 'utf-8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    case 'utf16le':
    case 'utf-16le':
    case 'ucs2':
    case 'ucs-2':
      return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes.subarray(0, bytes.length & ~1));
    case 'latin1':
    case 'binary':
      return binaryText(bytes);
    case 'ascii':
      return binaryText(bytes.map((byte) => byte & 0x7f));
    case 'base64':
      return btoa(binaryText(bytes));
    case 'base64url':
      return btoa(binaryText(bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    case 'hex':
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    default:
      throw new TypeError(`Unknown encoding: ${encoding}`);
  }
}

/** Bytes of `text` in an encoding that Node's `Buffer` knows. @throws {TypeError} for any other. */
export function encodeText(text: string, encoding: string): Uint8Array {
  const fromBinary = (binary: string) => Uint8Array.from(binary, (char) => char.charCodeAt(0) & 0xff);
  switch (encoding.toLowerCase()) {
    case 'utf8':
    case 'utf-8':
      return new TextEncoder().encode(text);
    case 'utf16le':
    case 'utf-16le':
    case 'ucs2':
    case 'ucs-2': {
      const bytes = new Uint8Array(text.length * 2);
      const view = new DataView(bytes.buffer);
      for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index), true);
      return bytes;
    }
    case 'latin1':
    case 'binary':
    case 'ascii':
      return fromBinary(text);
    case 'base64':
    case 'base64url':
      return fromBinary(
        atob(
          text
            .replaceAll('-', '+')
            .replaceAll('_', '/')
            .replace(/[^A-Za-z0-9+/]/g, ''),
        ),
      );
    case 'hex':
      return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => parseInt(pair, 16));
    default:
      throw new TypeError(`Unknown encoding: ${encoding}`);
  }
}

/** Paths are relative to the working directory; absolute ones name the whole tree. Failures are `PosixError`s. */
export class FileSystemApi {
  readonly #kernel: ContainerCalls;
  readonly #container: ContainerId;
  readonly #workdir: string;
  readonly #watchers = new Map<number, (event: 'rename' | 'change', name: string) => void>();
  #nextWatcher = 1;

  constructor(kernel: ContainerCalls, container: ContainerId, workdir: string) {
    this.#kernel = kernel;
    this.#container = container;
    this.#workdir = workdir;
  }

  /** The absolute path of what `path` names. */
  resolve(path: string): string {
    if (typeof path !== 'string') throw new TypeError(`A path must be a string, not ${String(path)}`);
    const below = path.replace(/^(?:\.\/+)+|^\.$/, '');
    if (below.startsWith('/')) return below;
    return below === '' ? this.#workdir : `${this.#workdir}/${below}`;
  }

  #at(path: string): { container: ContainerId; path: string } {
    return { container: this.#container, path: this.resolve(path) };
  }

  readdir(path: string, options: 'buffer' | ({ encoding: 'buffer'; withFileTypes?: false } & Abortable)): Promise<Uint8Array[]>;
  readdir(
    path: string,
    options?: ({ encoding?: TextEncodingName | null; withFileTypes?: false } & Abortable) | TextEncodingName | null,
  ): Promise<string[]>;
  readdir(path: string, options: { encoding: 'buffer'; withFileTypes: true } & Abortable): Promise<DirEnt<Uint8Array>[]>;
  readdir(path: string, options: { encoding?: TextEncodingName | null; withFileTypes: true } & Abortable): Promise<DirEnt<string>[]>;
  async readdir(path: string, options?: ReaddirOptions): Promise<(string | Uint8Array | DirEnt<string | Uint8Array>)[]> {
    const { entries } = await this.#kernel.call('readdir', this.#at(path), signalOf(options));
    const encoding = encodingOf(options) ?? 'utf8';
    const nameOf = (name: string): string | Uint8Array => {
      if (encoding === 'utf8' || encoding === 'utf-8') return name;
      const bytes = new TextEncoder().encode(name);
      return encoding === 'buffer' ? bytes : decodeText(bytes, encoding);
    };
    if (typeof options !== 'object' || options?.withFileTypes !== true) return entries.map(({ name }) => nameOf(name));
    return entries.map(({ name, type }) => ({
      name: nameOf(name),
      isFile: () => type === 'file',
      isDirectory: () => type === 'directory',
      isSymbolicLink: () => type === 'symlink',
    }));
  }

  readFile(path: string, options?: ({ encoding?: null } & Abortable) | null): Promise<Uint8Array>;
  readFile(path: string, options: TextEncodingName | ({ encoding: TextEncodingName } & Abortable)): Promise<string>;
  async readFile(
    path: string,
    options?: TextEncodingName | ({ encoding?: TextEncodingName | null } & Abortable) | null,
  ): Promise<Uint8Array | string> {
    const { bytes } = await this.#kernel.call('readFile', this.#at(path), signalOf(options));
    const encoding = encodingOf(options);
    return encoding === null || encoding === undefined ? bytes : decodeText(bytes, encoding);
  }

  async writeFile(
    path: string,
    data: string | Uint8Array,
    options?: string | ({ encoding?: string | null } & Abortable) | null,
  ): Promise<void> {
    const encoding = encodingOf(options) ?? 'utf8';
    if (typeof data !== 'string' && !ArrayBuffer.isView(data))
      throw new TypeError(`Cannot write ${JSON.stringify(path)}: expected a string or a Uint8Array`);
    const bytes = typeof data === 'string' ? encodeText(data, encoding) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    await this.#kernel.call('writeFile', { ...this.#at(path), bytes }, signalOf(options));
  }

  mkdir(path: string, options?: { recursive?: false } & Abortable): Promise<void>;
  mkdir(path: string, options: { recursive: true } & Abortable): Promise<string>;
  async mkdir(path: string, options?: { recursive?: boolean } & Abortable): Promise<string | void> {
    await this.#kernel.call('mkdir', { ...this.#at(path), recursive: options?.recursive === true }, signalOf(options));
    if (options?.recursive === true) return path;
  }

  async rm(path: string, options?: { force?: boolean; recursive?: boolean } & Abortable): Promise<void> {
    await this.#kernel.call(
      'remove',
      { ...this.#at(path), recursive: options?.recursive === true, force: options?.force === true },
      signalOf(options),
    );
  }

  async rename(oldPath: string, newPath: string, options?: Abortable): Promise<void> {
    await this.#kernel.call(
      'rename',
      { container: this.#container, from: this.resolve(oldPath), to: this.resolve(newPath) },
      signalOf(options),
    );
  }

  /** Beyond the WebContainer API. */
  async stat(path: string, options?: Abortable): Promise<HostStat> {
    return this.#kernel.call('stat', { ...this.#at(path), followSymlinks: true }, signalOf(options));
  }

  /** Beyond the WebContainer API. */
  async symlink(target: string, path: string, options?: Abortable): Promise<void> {
    await this.#kernel.call('symlink', { ...this.#at(path), target }, signalOf(options));
  }

  /** Beyond the WebContainer API. */
  async readlink(path: string, options?: Abortable): Promise<string> {
    return (await this.#kernel.call('readlink', this.#at(path), signalOf(options))).target;
  }

  watch(filename: string, options?: WatchOptions, listener?: WatchCallback): FileWatcher;
  watch(filename: string, listener?: WatchCallback): FileWatcher;
  /** Tells of changes, whoever makes them, until it is closed or its signal aborts. A path that does not exist is reported as an event-less watcher. */
  watch(filename: string, options?: WatchOptions | WatchCallback, listener?: WatchCallback): FileWatcher {
    const callback = typeof options === 'function' ? options : listener;
    const { recursive = false, encoding = 'utf8', signal } = typeof options === 'object' && options !== null ? options : {};
    signal?.throwIfAborted();
    const id = this.#nextWatcher++;
    this.#watchers.set(id, (event, name) => {
      callback?.(event, encoding === 'buffer' ? new TextEncoder().encode(name) : name);
    });
    this.#kernel.call('watch', { ...this.#at(filename), recursive, id }).catch(() => this.#watchers.delete(id));
    const close = () => {
      signal?.removeEventListener('abort', close);
      if (this.#watchers.delete(id)) this.#kernel.call('unwatch', { container: this.#container, id }).catch(() => undefined); // Gone with the container.
    };
    signal?.addEventListener('abort', close);
    return { close };
  }

  /** For the container: an event of the kernel's. */
  dispatch(id: number, event: 'rename' | 'change', name: string): void {
    this.#watchers.get(id)?.(event, name);
  }
}
