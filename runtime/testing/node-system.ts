/**
 * A system for tests that runs trusted programs in Node: the real file system under a miniature of the kernel (pipes with
 * back-pressure, processes, waiting, signals' defaults). So a program's output can be compared with the real tool's, path by path.
 */
import fs from 'node:fs';
import { PosixError } from '../base/errors.ts';
import type { ErrnoName } from '../base/errno.ts';
import type { SignalName } from '../base/signals.ts';
import { runProgram, type ProgramRow } from '../process/program.ts';
import type { FdInfo, FileCalls, Syscalls } from '../process/syscalls.ts';
import type { FdTransfer, KernelOps, SpawnArgs, StreamKind, WaitResult } from '../wires/process-wire.ts';

const pipeCapacity = 65536;

class Pipe {
  chunks: Uint8Array[] = [];
  size = 0;
  readers = 0;
  writers = 0;
  waiting: (() => void)[] = [];
  wake(): void {
    for (const task of this.waiting.splice(0)) task();
  }
}

interface End {
  readonly pipe: Pipe;
  readonly kind: 'pipe-read' | 'pipe-write';
}

interface OpenFile {
  readonly end?: End;
  readonly real?: number;
  readonly path: string;
  readonly flags: number;
  position: number;
  users: number;
}

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly table: Map<number, OpenFile>;
  readonly handles: Map<number, OpenFile>;
  readonly abort: AbortController;
  readonly handlers: Map<SignalName, (signal: SignalName) => void>;
  readonly ignored: Set<string>;
  result: WaitResult | undefined;
  readonly waiters: (() => void)[];
}

const guard = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    const { code } = error as { code?: ErrnoName };
    if (error instanceof PosixError || code === undefined) throw error;
    throw new PosixError(code);
  }
};

export class NodeSystem {
  readonly #programs = new Map<string, ProgramRow>();
  readonly #processes = new Map<number, Running>();
  #nextPid = 100;
  #nextHandle = 1;

  constructor(programs: readonly ProgramRow[]) {
    for (const row of programs) for (const command of row.commands) this.#programs.set(command, row);
  }

  /** Runs a command to its end with `input` as standard input. */
  async exec(
    argv: readonly string[],
    options: { readonly cwd: string; readonly env: Record<string, string>; readonly input?: Uint8Array },
  ): Promise<{ stdout: Uint8Array; stderr: Uint8Array; code: number }> {
    const pipes = [new Pipe(), new Pipe(), new Pipe()] as const;
    const table = new Map<number, OpenFile>();
    pipes.forEach((pipe, fd) => table.set(fd, this.#end(pipe, fd === 0 ? 'pipe-read' : 'pipe-write')));
    pipes[0].writers++;
    if (options.input !== undefined && options.input.length > 0) {
      pipes[0].chunks.push(options.input);
      pipes[0].size = options.input.length;
    }
    pipes[0].writers--;
    const drain = async (pipe: Pipe) => {
      pipe.readers++;
      const chunks: Uint8Array[] = [];
      for (;;) {
        const bytes = await this.#read(pipe, 65536);
        if (bytes.length === 0) return Buffer.concat(chunks);
        chunks.push(bytes);
      }
    };
    const outputs = [drain(pipes[1]), drain(pipes[2])] as const;
    const pid = this.#start(0, `/bin/${argv[0]}`, argv, Object.entries(options.env), options.cwd, table, []);
    const result = await this.#wait(pid);
    const [stdout, stderr] = await Promise.all(outputs);
    return { stdout, stderr, code: result.code ?? 128 + (result.signal === 'SIGPIPE' ? 13 : 15) };
  }

  /** Processes that have not ended. */
  get live(): number {
    return [...this.#processes.values()].filter((process) => process.result === undefined).length;
  }

  #end(pipe: Pipe, kind: End['kind']): OpenFile {
    if (kind === 'pipe-read') pipe.readers++;
    else pipe.writers++;
    return { end: { pipe, kind }, path: '', flags: 0, position: 0, users: 1 };
  }

  #release(file: OpenFile): void {
    if (--file.users > 0) return;
    if (file.real !== undefined) fs.closeSync(file.real);
    if (file.end === undefined) return;
    if (file.end.kind === 'pipe-read') file.end.pipe.readers--;
    else file.end.pipe.writers--;
    file.end.pipe.wake();
  }

  async #read(pipe: Pipe, max: number): Promise<Uint8Array> {
    while (pipe.size === 0 && pipe.writers > 0) await new Promise<void>((resolve) => pipe.waiting.push(resolve));
    const first = pipe.chunks.shift();
    if (first === undefined) return new Uint8Array(0);
    const taken = first.subarray(0, max);
    if (taken.length < first.length) pipe.chunks.unshift(first.subarray(max));
    pipe.size -= taken.length;
    pipe.wake();
    return taken;
  }

  async #wait(pid: number): Promise<WaitResult> {
    const child = this.#processes.get(pid) as Running;
    while (child.result === undefined) await new Promise<void>((resolve) => child.waiters.push(resolve));
    return child.result;
  }

  #start(
    parent: number,
    file: string,
    argv: readonly string[],
    env: readonly (readonly [string, string])[],
    cwd: string,
    table: Map<number, OpenFile>,
    ignored: readonly string[],
    umask = 0o022,
  ): number {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const row = this.#programs.get(name);
    if (row === undefined) throw new PosixError('ENOEXEC');
    const pid = this.#nextPid++;
    const process: Running = {
      pid,
      parent,
      table,
      handles: new Map(),
      abort: new AbortController(),
      handlers: new Map(),
      ignored: new Set(ignored),
      result: undefined,
      waiters: [],
    };
    for (const open of table.values()) process.handles.set(this.#nextHandle++, open);
    this.#processes.set(pid, process);
    const syscalls = this.#syscalls(process, { file, argv, env, cwd, umask, program: name });
    void row.load().then(async (program) => {
      const status = await runProgram(program, syscalls, process.abort.signal);
      if (status !== null)
        this.#finish(process, 'code' in status ? { pid, code: status.code, signal: null } : { pid, code: null, signal: status.signal });
    });
    return pid;
  }

  #finish(process: Running, result: WaitResult): void {
    if (process.result !== undefined) return;
    process.result = result;
    process.abort.abort();
    for (const file of process.table.values()) this.#release(file);
    process.table.clear();
    for (const waiter of process.waiters.splice(0)) waiter();
    const parent = this.#processes.get(process.parent);
    for (const waiter of parent?.waiters.splice(0) ?? []) waiter();
  }

  #signal(process: Running, signal: SignalName): void {
    const handler = process.handlers.get(signal);
    if (signal !== 'SIGKILL' && process.ignored.has(signal)) return;
    if (handler !== undefined && signal !== 'SIGKILL') queueMicrotask(() => handler(signal));
    else if (signal !== 'SIGCHLD' && signal !== 'SIGCONT') this.#finish(process, { pid: process.pid, code: null, signal });
  }

  #syscalls(
    process: Running,
    start: {
      file: string;
      argv: readonly string[];
      env: readonly (readonly [string, string])[];
      cwd: string;
      umask: number;
      program: string;
    },
  ): Syscalls {
    const { table } = process;
    let { cwd, umask } = start;
    const at = (path: string) => {
      if (path === '') throw new PosixError('ENOENT');
      return path.startsWith('/') ? path : `${cwd}/${path}`;
    };
    const need = (fd: number): OpenFile => {
      const file = table.get(fd);
      if (file === undefined) throw new PosixError('EBADF');
      return file;
    };
    const lowest = () => {
      let fd = 0;
      while (table.has(fd)) fd++;
      return fd;
    };
    const handleOf = (file: OpenFile): number => {
      for (const [handle, open] of process.handles) if (open === file) return handle;
      const handle = this.#nextHandle++;
      process.handles.set(handle, file);
      return handle;
    };
    const close = (fd: number) => {
      this.#release(need(fd));
      table.delete(fd);
    };
    const convert = (stat: fs.Stats) => ({
      dev: stat.dev,
      ino: stat.ino,
      mode: stat.mode,
      nlink: stat.nlink,
      uid: stat.uid,
      gid: stat.gid,
      rdev: stat.rdev,
      size: stat.size,
      blksize: stat.blksize,
      blocks: stat.blocks,
      atimeMs: stat.atimeMs,
      mtimeMs: stat.mtimeMs,
      ctimeMs: stat.ctimeMs,
      birthtimeMs: stat.birthtimeMs,
    });
    const types = (entry: fs.Dirent) => (entry.isDirectory() ? 0o040000 : entry.isSymbolicLink() ? 0o120000 : 0o100000);
    const seconds = (ms: number) => ms / 1000;
    const unsupported = (): never => {
      throw new PosixError('ENOTSUP');
    };
    const files: FileCalls = {
      mount: unsupported,
      unmount: unsupported,
      bindSocket: unsupported,
      mounted: () => undefined,
      together: (run) => run(),
      open: (path, flags, mode) => {
        const real = guard(() => fs.openSync(at(path), flags, mode & ~umask));
        const fd = lowest();
        table.set(fd, { real, path: at(path), flags, position: 0, users: 1 });
        return fd;
      },
      close,
      read: (fd, into, position) =>
        guard(() => {
          const file = need(fd);
          if (file.real === undefined) throw new PosixError('EAGAIN');
          return fs.readSync(file.real, into, 0, into.length, position);
        }),
      write: (fd, bytes, position) =>
        guard(() => {
          const file = need(fd);
          if (file.real === undefined) throw new PosixError('EAGAIN');
          return fs.writeSync(file.real, bytes, 0, bytes.length, position);
        }),
      readFile: (path) => guard(() => new Uint8Array(fs.readFileSync(at(path)))),
      typeOf: (path) => (fs.statSync(at(path), { throwIfNoEntry: false })?.mode ?? 0) & fs.constants.S_IFMT,
      stat: (path) => {
        const stat = guard(() => fs.statSync(at(path)));
        return convert(stat);
      },
      lstat: (path) => convert(guard(() => fs.lstatSync(at(path)))),
      fstat: (fd) => guard(() => convert(fs.fstatSync(need(fd).real ?? 0))),
      access: (path, mode) => guard(() => fs.accessSync(at(path), mode)),
      readdir: (path) =>
        guard(() => fs.readdirSync(at(path), { withFileTypes: true }).map((entry) => ({ name: entry.name, type: types(entry) }))),
      mkdir: (path, mode) => guard(() => fs.mkdirSync(at(path), mode & ~umask)) as void,
      mkdtemp: (prefix) => guard(() => fs.mkdtempSync(at(prefix))),
      rmdir: (path) => guard(() => fs.rmdirSync(at(path))),
      unlink: (path) => guard(() => fs.unlinkSync(at(path))),
      rename: (from, to) => guard(() => fs.renameSync(at(from), at(to))),
      link: (existing, path) => guard(() => fs.linkSync(at(existing), at(path))),
      symlink: (target, path) => guard(() => fs.symlinkSync(target, at(path))),
      readlink: (path) => guard(() => fs.readlinkSync(at(path))),
      realpath: (path) => guard(() => fs.realpathSync(at(path))),
      chmod: (path, mode) => guard(() => fs.chmodSync(at(path), mode)),
      fchmod: (fd, mode) => guard(() => fs.fchmodSync(need(fd).real ?? 0, mode)),
      chown: (path, uid, gid) => guard(() => fs.chownSync(at(path), uid, gid)),
      lchown: (path, uid, gid) => guard(() => fs.lchownSync(at(path), uid, gid)),
      fchown: (fd, uid, gid) => guard(() => fs.fchownSync(need(fd).real ?? 0, uid, gid)),
      utimes: (path, atime, mtime) => guard(() => fs.utimesSync(at(path), seconds(atime), seconds(mtime))),
      lutimes: (path, atime, mtime) => guard(() => fs.lutimesSync(at(path), seconds(atime), seconds(mtime))),
      futimes: (fd, atime, mtime) => guard(() => fs.futimesSync(need(fd).real ?? 0, seconds(atime), seconds(mtime))),
      truncate: (path, size) => guard(() => fs.truncateSync(at(path), size)),
      ftruncate: (fd, size) => guard(() => fs.ftruncateSync(need(fd).real ?? 0, size)),
      copyFile: (from, to, exclusive) => guard(() => fs.copyFileSync(at(from), at(to), exclusive ? fs.constants.COPYFILE_EXCL : 0)),
      statfs: () => {
        throw new PosixError('ENOSYS');
      },
      watch: () => {
        throw new PosixError('ENOSYS');
      },
      cwd: () => cwd,
      chdir: (path) => {
        cwd = guard(() => fs.realpathSync(at(path)));
      },
      umask: (mask) => {
        const old = umask;
        if (mask !== undefined) umask = mask;
        return old;
      },
    };
    const info = (fd: number): FdInfo | undefined => {
      const file = table.get(fd);
      if (file === undefined) return undefined;
      return file.end === undefined
        ? { kind: 'file', path: file.path, flags: file.flags }
        : { kind: 'stream', stream: file.end.kind, handle: handleOf(file) };
    };
    const ops: { [K in keyof KernelOps]?: (args: never) => unknown } = {
      read: ({ handle, maxBytes }: { handle: number; maxBytes: number }) => {
        const end = process.handles.get(handle)?.end;
        if (end?.kind !== 'pipe-read') throw new PosixError('EBADF');
        return this.#read(end.pipe, maxBytes).then((bytes) => ({ bytes }));
      },
      write: async ({ handle, bytes }: { handle: number; bytes: Uint8Array }) => {
        const end = process.handles.get(handle)?.end;
        if (end?.kind !== 'pipe-write') throw new PosixError('EBADF');
        while (end.pipe.size >= pipeCapacity && end.pipe.readers > 0) await new Promise<void>((resolve) => end.pipe.waiting.push(resolve));
        if (end.pipe.readers === 0) {
          this.#signal(process, 'SIGPIPE');
          throw new PosixError('EPIPE');
        }
        end.pipe.chunks.push(bytes);
        end.pipe.size += bytes.length;
        end.pipe.wake();
        return {};
      },
      pipe: () => {
        const pipe = new Pipe();
        const read = this.#nextHandle++;
        const write = this.#nextHandle++;
        process.handles.set(read, this.#end(pipe, 'pipe-read'));
        process.handles.set(write, this.#end(pipe, 'pipe-write'));
        return { read, write };
      },
      spawn: (args: SpawnArgs) => {
        guard(() => fs.accessSync(args.file.startsWith('/bin/') ? '/bin/sh' : args.file, 1));
        const child = new Map<number, OpenFile>();
        for (const transfer of args.fds) {
          const file =
            transfer.kind === 'stream'
              ? (process.handles.get(transfer.handle) as OpenFile)
              : ([...table.values()].find((open) => open.real === transfer.ino) as OpenFile);
          file.users++;
          child.set(transfer.fd, file);
        }
        let { file, argv } = args;
        if (!this.#programs.has(file.slice(file.lastIndexOf('/') + 1))) {
          const line = /^#! *(\S+) *(.*)\n/.exec(fs.readFileSync(file, 'latin1'));
          if (line !== null) {
            argv = [line[1] as string, ...(line[2] === '' ? [] : [line[2] as string]), file, ...argv.slice(1)];
            file = line[1] as string;
          }
        }
        try {
          return { pid: this.#start(process.pid, file, argv, args.env, args.cwd, child, args.ignoredSignals ?? [], args.umask) };
        } catch (error) {
          for (const open of child.values()) this.#release(open);
          throw error;
        }
      },
      exec: async (args: SpawnArgs) => {
        const { pid } = (ops.spawn as unknown as (args: SpawnArgs) => { pid: number })(args);
        const { code, signal } = await this.#wait(pid);
        this.#finish(process, { pid: process.pid, code, signal });
        return new Promise(() => undefined); // What became another program is not answered.
      },
      unread: ({ handle, bytes }: { handle: number; bytes: Uint8Array }) => {
        const end = process.handles.get(handle)?.end;
        if (end?.kind !== 'pipe-read') throw new PosixError('EBADF');
        end.pipe.chunks.unshift(bytes);
        end.pipe.size += bytes.length;
        end.pipe.wake();
        return {};
      },
      wait: ({ child }: { child: number }) => this.#wait(child),
      kill: ({ target, signal }: { target: number; signal: SignalName | 0 }) => {
        const found = this.#processes.get(Math.abs(target));
        if (found === undefined || found.result !== undefined) throw new PosixError('ESRCH');
        if (signal !== 0) this.#signal(found, signal);
        return {};
      },
      processes: () => ({ rows: [] }),
    };
    return {
      start: {
        pid: process.pid,
        ppid: process.parent,
        pgid: process.pid,
        sid: 1,
        program: start.program,
        file: start.file,
        argv: start.argv,
        env: start.env,
        cwd,
        umask,
        uid: globalThis.process.getuid?.() ?? 0,
        gid: 0,
        fds: [],
        engine: 'native',
      },
      files,
      descriptors: {
        info,
        list: () => [...table.keys()],
        adopt: (_stream: StreamKind, handle, wanted) => {
          const fd = wanted ?? lowest();
          table.set(fd, process.handles.get(handle) as OpenFile);
          return fd;
        },
        duplicate: (from, to) => {
          const file = need(from);
          file.users++;
          const fd = to ?? lowest();
          if (table.has(fd)) close(fd);
          table.set(fd, file);
          return fd;
        },
        transfer: (from, as): FdTransfer => {
          const file = need(from);
          return file.end === undefined
            ? { fd: as, kind: 'file', ino: file.real as number, flags: file.flags, shared: 0, path: file.path }
            : { fd: as, kind: 'stream', stream: file.end.kind, handle: handleOf(file) };
        },
      },
      call: (op, args, done) => {
        let cancelled = false;
        void (async () => {
          try {
            const handler = ops[op] as ((args: unknown) => unknown) | undefined;
            if (handler === undefined) throw new PosixError('ENOSYS');
            const result = await handler(args);
            if (!cancelled) done({ result: result as never });
          } catch (error) {
            if (!cancelled) done({ error: error as Error });
          }
        })();
        return () => {
          cancelled = true;
        };
      },
      notify: () => undefined,
      exit: () => undefined,
      onSignal: (signal, listener) => {
        if (listener === null) process.handlers.delete(signal);
        else process.handlers.set(signal, listener);
      },
      onMessage: () => () => undefined,
    };
  }
}
