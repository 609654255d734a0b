/** The small language of the suite for file systems: one call a line. */

/** What the suite needs of a file system. Paths are absolute, errors have a `code`. */
export interface ContractFiles {
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  realpath(path: string): string;
  readdir(path: string): readonly string[];
  truncate(path: string, size: number): void;
  chmod(path: string, mode: number): void;
  access(path: string, mode: number): void;
  utimes(path: string, atimeMs: number, mtimeMs: number): void;
  copyFile(from: string, to: string, exclusive: boolean): void;
  stat(path: string): ContractStat;
  lstat(path: string): ContractStat;
  open(path: string, flags: number, mode: number): ContractHandle;
}

export interface ContractStat {
  readonly mode: number;
  readonly nlink: number;
  readonly size: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export interface ContractHandle {
  read(into: Uint8Array, position: number | null): number;
  write(bytes: Uint8Array, position: number | null): number;
  truncate(size: number): void;
  stat(): ContractStat;
  close(): void;
}

const flagNumbers: Readonly<Record<string, number>> = {
  r: 0,
  w: 1,
  rw: 2,
  creat: 0o100,
  excl: 0o200,
  trunc: 0o1000,
  append: 0o2000,
  directory: 0o200000,
  nofollow: 0o400000,
};

/** Does one line; answers what came of it in the words of the suite. */
export function runContractLine(fs: ContractFiles, line: string): string {
  const [operation = '', first = '', second = '', ...more] = line.split(' ');
  const text = (value: string) => JSON.stringify(value).replaceAll('\\u0000', '\\0');
  const whole = (path: string) => {
    const handle = fs.open(path, 0, 0);
    try {
      const bytes = new Uint8Array(handle.stat().size + 1);
      return new TextDecoder().decode(bytes.subarray(0, handle.read(bytes, null)));
    } finally {
      handle.close();
    }
  };
  const flags = (names: string) => names.split(',').reduce((sum, name) => sum | (flagNumbers[name] ?? 0), 0);
  const show = (stat: ContractStat, field: string) =>
    field === 'type'
      ? (stat.mode & 0o170000).toString(8)
      : field === 'mode'
        ? (stat.mode & 0o7777).toString(8)
        : String(stat[field as keyof ContractStat]);
  try {
    switch (operation) {
      case 'mkdir':
        fs.mkdir(first, 0o755);
        return '';
      case 'rmdir':
        fs.rmdir(first);
        return '';
      case 'unlink':
        fs.unlink(first);
        return '';
      case 'rename':
        fs.rename(first, second);
        return '';
      case 'link':
        fs.link(first, second);
        return '';
      case 'symlink':
        fs.symlink(first, second);
        return '';
      case 'readlink':
        return text(fs.readlink(first));
      case 'realpath':
        return text(fs.realpath(first));
      case 'ls':
        return [...fs.readdir(first)].sort().join(',');
      case 'truncate':
        fs.truncate(first, Number(second));
        return '';
      case 'chmod':
        fs.chmod(first, parseInt(second, 8));
        return '';
      case 'access':
        fs.access(first, Number(second));
        return '';
      case 'utimes':
        fs.utimes(first, Number(second), Number(more[0]));
        return '';
      case 'copy':
        fs.copyFile(first, second, more[0] === 'x');
        return '';
      case 'stat':
        return show(fs.stat(first), second);
      case 'lstat':
        return show(fs.lstat(first), second);
      case 'open':
        fs.open(first, flags(second), 0o644).close();
        return '';
      case 'read':
        return text(whole(first));
      case 'put': {
        const handle = fs.open(first, flags('creat,trunc,w'), 0o644);
        handle.write(new TextEncoder().encode(second), null);
        handle.close();
        return '';
      }
      case 'seq': {
        const handle = fs.open(first, flags(second), 0o644);
        let position: number | null = null;
        try {
          for (const step of more) {
            const [kind, argument = ''] = [step[0], step.slice(2)];
            if (kind === '@') position = Number(step.slice(1));
            else if (kind === 'w') handle.write(new TextEncoder().encode(argument), position);
            else if (kind === 'r' || kind === 'R') handle.read(new Uint8Array(Number(argument)), kind === 'R' ? null : position);
            else if (kind === 't') handle.truncate(Number(argument));
            else if (kind === 'u') fs.unlink(argument);
            else if (kind === 's' && handle.stat().nlink !== 0) return `nlink ${handle.stat().nlink}`;
            if (kind !== '@') position = null;
          }
        } finally {
          handle.close();
        }
        return '';
      }
      default:
        throw new TypeError(`Unknown operation "${operation}"`);
    }
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return code;
    throw error;
  }
}
