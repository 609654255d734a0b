import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../../../../base/file-mode.ts';
import { allRights, directoryRights, errnos, fileRights, fileType, streamRights, ttyRights, WasiError } from './abi.ts';

/** What a number of the program refers to. */
export interface Descriptor {
  /** The process's own descriptor. */
  readonly fd: number;
  readonly type: number;
  /** Of a directory: as the program knows it, and where it is. */
  readonly virtualPath?: string;
  readonly realPath?: string;
  readonly preopened: boolean;
  /** The standard streams stay open when the program closes them. */
  readonly inherited: boolean;
  rights: bigint;
  inheriting: bigint;
  /** WASI's `fdflags`. */
  flags: number;
  /** Of a file: the process's descriptor has one too, but nothing can set that. */
  offset: number;
}

export class DescriptorTable {
  readonly #rows = new Map<number, Descriptor>();

  /** Gives the lowest free number. */
  add(row: Descriptor): number {
    let number = 0;
    while (this.#rows.has(number)) number++;
    this.#rows.set(number, row);
    return number;
  }

  /** Fails with `EBADF`, and with `ENOTCAPABLE` for rights it does not have. */
  get(number: number, rights = 0n, inheriting = 0n): Descriptor {
    const row = this.#rows.get(number >>> 0);
    if (row === undefined) throw new WasiError('EBADF');
    if ((~row.rights & rights) !== 0n || (~row.inheriting & inheriting) !== 0n) throw new WasiError('ENOTCAPABLE');
    return row;
  }

  remove(number: number): void {
    this.#rows.delete(number >>> 0);
  }

  /** `to` becomes what `from` is, and `from` is free. */
  move(from: number, to: number): void {
    this.#rows.set(to >>> 0, this.get(from));
    if (from >>> 0 !== to >>> 0) this.#rows.delete(from >>> 0);
  }
}

export function typeOf(mode: number): number {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return fileType.regular;
    case S_IFDIR:
      return fileType.directory;
    case S_IFLNK:
      return fileType.link;
    case S_IFCHR:
      return fileType.characterDevice;
    case S_IFBLK:
      return fileType.blockDevice;
    case S_IFSOCK:
    case S_IFIFO:
      return fileType.stream;
    default:
      return fileType.unknown;
  }
}

/** All that a descriptor of that type can do, and what is opened through it. */
export function rightsOfType(type: number, isTty: boolean): { readonly rights: bigint; readonly inheriting: bigint } {
  switch (type) {
    case fileType.regular:
      return { rights: fileRights, inheriting: 0n };
    case fileType.directory:
      return { rights: directoryRights, inheriting: directoryRights | fileRights };
    case fileType.characterDevice:
      return isTty ? { rights: ttyRights, inheriting: 0n } : { rights: allRights, inheriting: allRights };
    case fileType.stream:
      return { rights: streamRights, inheriting: allRights };
    default:
      return { rights: allRights, inheriting: allRights };
  }
}

/** The number of whatever failed, if it is the failure of a call. */
export function errnoOf(error: unknown): number | undefined {
  if (error instanceof WasiError) return error.errno;
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? errnos[code === 'EOPNOTSUPP' ? 'ENOTSUP' : code] : undefined;
}
