/** `package.json` as Node's C++ side reads it: the fields that resolution needs, each file once per process. */
import { PosixError } from '../../../base/errors.ts';
import type { NodeRealm } from '../realm.ts';

/** `[name, main, type, imports, exports, path]`; objects and arrays are JSON text. */
export type PackageConfig = readonly [
  string | undefined,
  string | undefined,
  'none' | 'commonjs' | 'module',
  string | undefined,
  string | undefined,
  string,
];

export interface ErrorSubject {
  /** URL of the importing module. */
  readonly base?: string | undefined;
  readonly specifier?: string | undefined;
}

const jsonText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined;
};

export class PackageReader {
  readonly #realm: NodeRealm;
  readonly #known = new Map<string, PackageConfig>();

  constructor(realm: NodeRealm) {
    this.#realm = realm;
  }

  /** Undefined if there is no such file. @throws `ERR_INVALID_PACKAGE_CONFIG`. */
  read(path: string, subject: ErrorSubject = {}): PackageConfig | undefined {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const { files } = this.#realm.syscalls;
    if (files.typeOf(path) === 0) return undefined;
    let text: string;
    try {
      text = this.#realm.platform.decodeUtf8(files.readFile(path));
    } catch (error) {
      // Whatever keeps the file from being read, Node goes on as if there were none.
      if (error instanceof PosixError) return undefined;
      throw error;
    }
    const config = this.#parse(path, text, subject);
    this.#known.set(path, config);
    return config;
  }

  /** Of the folders above `path`, the first that has one; a package in `node_modules` belongs to nothing outside of it. */
  nearest(path: string): PackageConfig | undefined {
    for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folder.endsWith('/node_modules')) break;
      const found = this.read(`${folder}/package.json`);
      if (found !== undefined) return found;
      if (end === 0) break;
    }
    return undefined;
  }

  /** As `nearest`, or the path where the search ended. */
  scope(path: string): PackageConfig | string {
    let folder = path.slice(0, path.lastIndexOf('/'));
    for (;;) {
      const file = `${folder}/package.json`;
      if (file.endsWith('node_modules/package.json')) return file;
      const found = this.read(file);
      if (found !== undefined) return found;
      if (folder === '') return file;
      folder = folder.slice(0, folder.lastIndexOf('/'));
    }
  }

  #parse(path: string, text: string, subject: ErrorSubject): PackageConfig {
    let json: unknown;
    try {
      json = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    } catch {
      throw this.#invalid(path, subject);
    }
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw this.#invalid(path, subject);
    const { name, main, type, imports, exports } = json as Record<string, unknown>;
    if (name !== undefined && typeof name !== 'string') throw this.#invalid(path, subject);
    return [
      name,
      typeof main === 'string' ? main : undefined,
      type === 'module' || type === 'commonjs' ? type : 'none',
      jsonText(imports),
      jsonText(exports),
      path,
    ];
  }

  #invalid(path: string, { base, specifier }: ErrorSubject): Error {
    const where = base === undefined ? '' : ` while importing "${specifier ?? ''}" from ${filePath(base)}`;
    return Object.assign(new Error(`Invalid package config ${path}${where}.`), { code: 'ERR_INVALID_PACKAGE_CONFIG' });
  }
}

/** The path of a `file:` URL, or of what is a path already. */
export function filePath(url: string): string {
  if (!url.startsWith('file://')) return url;
  const path = url.slice(7).replace(/[?#].*$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
