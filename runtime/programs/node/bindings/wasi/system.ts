import { O_DIRECTORY, O_RDONLY } from '../../../../base/open-flags.ts';
import type { Stat } from '../../../../base/stat.ts';
import type { NodeRealm, Untyped } from '../../realm.ts';
import { clock, errnos, timeFlag, WasiError } from './abi.ts';
import { DescriptorTable, errnoOf, rightsOfType, typeOf, type Descriptor } from './descriptors.ts';
import type { ProgramMemory } from './memory.ts';
import { resolveIn, type Links } from './sandbox-path.ts';

const nanoseconds = (milliseconds: number) => BigInt(Math.round(milliseconds * 1e6));

/** As `uvwasi_init` fails. */
function initFailure(error: unknown): unknown {
  const code = (error as { readonly code?: string }).code;
  if (code === undefined || errnos[code] === undefined) return error;
  const name = `UVWASI_${code}`;
  return Object.assign(new Error(`${name}, uvwasi_init`), { errno: errnos[code], code: name, syscall: 'uvwasi_init' });
}

/** What the functions of one program work on. */
export class WasiSystem {
  memory: ProgramMemory | undefined;
  readonly realm: NodeRealm;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly table = new DescriptorTable();
  readonly links: Links;

  /** @param preopens The program's name of each directory, and the path it has here. */
  constructor(realm: NodeRealm, args: readonly string[], env: readonly string[], preopens: readonly string[], stdio: readonly number[]) {
    this.realm = realm;
    this.args = args;
    this.env = env;
    this.links = {
      readlink: (path) => {
        try {
          return this.files.readlink(path);
        } catch (error) {
          if (errnoOf(error) === undefined) throw error;
          return undefined;
        }
      },
    };
    try {
      for (const fd of stdio) this.table.add(this.describe(fd, { inherited: true }));
      for (let index = 0; index < preopens.length; index += 2) {
        const realPath = this.files.realpath(preopens[index + 1] as string);
        const fd = this.files.open(realPath, O_RDONLY | O_DIRECTORY, 0);
        this.table.add(this.describe(fd, { preopened: true, virtualPath: preopens[index] as string, realPath }));
      }
    } catch (error) {
      throw initFailure(error);
    }
  }

  get files() {
    return this.realm.syscalls.files;
  }

  /** Reads and writes go through Node's own binding, which knows how standard input is waited for and output is held. */
  get fs(): Untyped {
    return this.realm.internalBinding('fs');
  }

  get mem(): ProgramMemory {
    return this.memory as ProgramMemory;
  }

  describe(
    fd: number,
    more: { preopened?: boolean; inherited?: boolean; virtualPath?: string; realPath?: string; flags?: number } = {},
  ): Descriptor {
    const type = typeOf(this.files.fstat(fd).mode);
    const info = this.realm.syscalls.descriptors.info(fd);
    const isTty = info?.kind === 'stream' && (info.stream === 'tty' || info.stream === 'pty-master');
    return {
      fd,
      type,
      preopened: more.preopened ?? false,
      inherited: more.inherited ?? false,
      ...(more.virtualPath === undefined ? {} : { virtualPath: more.virtualPath }),
      ...(more.realPath === undefined ? {} : { realPath: more.realPath }),
      ...rightsOfType(type, isTty),
      flags: more.flags ?? 0,
      offset: 0,
    };
  }

  /** Where the path in the program's memory is. */
  path(row: Descriptor, at: number, size: number, follow = false): string {
    return resolveIn(row, this.mem.text(at, size), follow, this.links);
  }

  /** Nanoseconds of a clock. */
  now(id: number): bigint {
    switch (id) {
      case clock.realtime:
        return nanoseconds(Date.now());
      case clock.monotonic:
      case clock.processTime:
      case clock.threadTime:
        return nanoseconds(this.realm.platform.now());
      default:
        throw new WasiError('EINVAL');
    }
  }

  setStat(at: number, stat: Stat): void {
    const memory = this.mem;
    memory.setBytes(at, new Uint8Array(64));
    memory.setU64(at, BigInt(stat.dev));
    memory.setU64(at + 8, BigInt(stat.ino));
    memory.setByte(at + 16, typeOf(stat.mode));
    memory.setU64(at + 24, BigInt(stat.nlink));
    memory.setU64(at + 32, BigInt(stat.size));
    memory.setU64(at + 40, nanoseconds(stat.atimeMs));
    memory.setU64(at + 48, nanoseconds(stat.mtimeMs));
    memory.setU64(at + 56, nanoseconds(stat.ctimeMs));
  }

  /** What a file's times become, by `fstflags`. */
  times(stat: Stat, atime: bigint, mtime: bigint, flags: number): [number, number] {
    if (
      (flags & ~(timeFlag.atime | timeFlag.atimeNow | timeFlag.mtime | timeFlag.mtimeNow)) !== 0 ||
      (flags & (timeFlag.atime | timeFlag.atimeNow)) === (timeFlag.atime | timeFlag.atimeNow) ||
      (flags & (timeFlag.mtime | timeFlag.mtimeNow)) === (timeFlag.mtime | timeFlag.mtimeNow)
    )
      throw new WasiError('EINVAL');
    const now = Date.now();
    const milliseconds = (time: bigint) => Number(BigInt.asUintN(64, time)) / 1e6;
    return [
      flags & timeFlag.atimeNow ? now : flags & timeFlag.atime ? milliseconds(atime) : stat.atimeMs,
      flags & timeFlag.mtimeNow ? now : flags & timeFlag.mtime ? milliseconds(mtime) : stat.mtimeMs,
    ];
  }
}
