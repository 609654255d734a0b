/** The calls of the page. It is trusted: what it asks is checked for sense, not for malice. */
import { BvError, PosixError } from '../base/errors.ts';
import { signalNumbers } from '../base/signals.ts';
import { archive } from '../fs/tar-writer.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../base/file-mode.ts';
import {
  HOST_WIRE_VERSION,
  type ContainerId,
  type HostOps,
  type HostSpawnArgs,
  type HostSpawnResult,
  type HostStat,
} from '../wires/host-wire.ts';
import { Transferring, type CallContext, type HandlersOf } from '../wires/rpc.ts';
import type { Container } from './container.ts';
import { findCommand } from '../fs/executable.ts';
import { mountEntries, mountFirst, mountLayer, rebuild, restoreFiles } from './host-files.ts';
import type { HandleTable } from './handle-table.ts';
import type { Kernel } from './kernel.ts';
import type { Caller } from './kernel-object.ts';
import { makePipe } from './pipe.ts';
import type { Process } from './process.ts';
import { userId } from './system-files.ts';
import { PtyMaster } from './tty.ts';
import type { PassedFd } from './worker-connection.ts';
import { Description } from './kernel-object.ts';

const maxReadBytes = 1024 * 1024;

export function hostCalls(kernel: Kernel): HandlersOf<HostOps> {
  const { handles } = kernel;
  const of = ({ container }: { readonly container: ContainerId }): Container => kernel.container(container);
  const caller = (context: CallContext): Caller => ({ onCancel: (listener) => context.onCancel(listener) });
  const ttyOf = (handle: number) => {
    const { object } = handles.get(handle, null);
    if (!(object instanceof PtyMaster)) throw new PosixError('ENOTTY');
    return object.tty;
  };

  return {
    boot: ({ version, programs, registry }) => {
      if (version !== HOST_WIRE_VERSION) {
        throw new BvError(
          'ERR_BV_WIRE_VERSION',
          `The page speaks version ${String(version)} of the host wire and the kernel version ${HOST_WIRE_VERSION}`,
        );
      }
      for (const row of programs) kernel.programs.set(row.name, row);
      if (registry !== '') kernel.registries = [registry];
      return { version: HOST_WIRE_VERSION };
    },

    addLayer: ({ id, blob }) => {
      kernel.addLayer({ id, blob });
      return {};
    },

    createContainer: (args) => kernel.createContainer(args),
    destroyContainer: async (args) => {
      await kernel.destroyContainer(of(args));
      return {};
    },

    warm: (args) => {
      const container = of(args);
      container.workers.warm(args.program, container.engine);
      return {};
    },

    mountAuthored: async (args) => {
      const container = of(args);
      if (container.persistence === undefined) mountFirst(container, args);
      else (await keptFiles()).mountKept(container, args);
      return {};
    },
    mountEntries: (args) => {
      mountEntries(of(args), args);
      return {};
    },
    mountLayer: (args) => {
      mountLayer(of(args), args);
      return {};
    },

    readFile: (args) => {
      const bytes = about('open', args.path, () => of(args).files.readFile(args.path));
      return new Transferring({ bytes }, [bytes.buffer]) as unknown as { bytes: Uint8Array };
    },
    writeFile: (args) => about('open', args.path, () => of(args).files.writeFile(args.path, args.bytes)),
    readdir: (args) =>
      about('scandir', args.path, () => ({
        entries: of(args)
          .files.readdir(args.path)
          .map(({ name, type }) => ({ name, type: typeOf(type) })),
      })),
    mkdir: (args) =>
      about('mkdir', args.path, () => void (args.recursive ? of(args).files.mkdirp(args.path) : of(args).files.mkdir(args.path, 0o777))),
    remove: (args) =>
      about('rm', args.path, () => {
        const { files } = of(args);
        try {
          const { node } = files.resolve(args.path, { follow: false });
          if (node === undefined) throw new PosixError('ENOENT');
          if (!node.isDirectory) files.unlink(args.path);
          else if (args.recursive) files.removeAll(args.path);
          else throw new PosixError('EISDIR');
        } catch (error) {
          if (!args.force || !(error instanceof PosixError) || error.code !== 'ENOENT') throw error;
        }
      }),
    rename: (args) => about('rename', args.from, () => of(args).files.rename(args.from, args.to), args.to),
    stat: (args) =>
      about('stat', args.path, (): HostStat => {
        const { files } = of(args);
        const { mode, size, mtimeMs, ino } = args.followSymlinks ? files.stat(args.path) : files.lstat(args.path);
        return { type: typeOf(mode & S_IFMT), size, mode, mtimeMs, ino };
      }),
    symlink: (args) => about('symlink', args.target, () => of(args).files.symlink(args.target, args.path), args.path),
    readlink: (args) => about('readlink', args.path, () => ({ target: of(args).files.readlink(args.path) })),

    watch: (args) =>
      about('watch', args.path, () => {
        const container = of(args);
        if (container.watches.has(args.id)) throw new PosixError('EEXIST');
        const node = container.files.nodeAt(args.path, { follow: true });
        const unwatch = container.watchers.watch(node, { recursive: args.recursive }, ({ kind, name }) =>
          kernel.tellPage({ kind: 'fileEvent', container: container.id, id: args.id, event: kind, name }),
        );
        container.watches.set(args.id, unwatch);
      }),
    unwatch: (args) => {
      const { watches } = of(args);
      watches.get(args.id)?.();
      watches.delete(args.id);
      return {};
    },

    archive: (args) =>
      about('archive', args.path, () => {
        const { files, authority } = of(args);
        const node = files.nodeAt(args.path, { follow: true });
        if (!node.isDirectory) throw new PosixError('ENOTDIR');
        const { excludes, includes } = args;
        return { tar: new Blob(archive(authority.tree, node, { excludes, includes, onlyWritten: args.path === '/' })) };
      }),
    restore: async (args) => {
      await restoreFiles(of(args), args.path, args.tar);
      return {};
    },
    forget: async (args) => {
      const container = of(args);
      if (container.persistence === undefined) rebuild(container);
      else await (await keptFiles()).forgetKept(container, container.persistence);
      return {};
    },
    sync: (args) =>
      of(args)
        .sync()
        .then(() => ({})),

    spawn: (args) => spawnFromPage(of(args), handles, args),
    wait: (args, context) => of(args).processes.waitFromPage(args.pid, caller(context)),
    kill: (args) => {
      const { processes } = of(args);
      if (!Object.hasOwn(signalNumbers, args.signal)) throw new PosixError('EINVAL', { syscall: 'kill' });
      const process = processes.get(args.pid);
      // A leader that has ended may have left others in its group, which has its number.
      if (args.group) processes.signalGroup(process?.pgid ?? args.pid, args.signal);
      else if (!process) throw new PosixError('ESRCH', { syscall: 'kill' });
      else processes.signal(process, args.signal);
      return {};
    },

    read: ({ handle, maxBytes }, context) => {
      const result = handles.read(handle, null, Math.min(maxBytes, maxReadBytes), context, caller(context));
      return result instanceof Promise ? result.then((bytes) => ({ bytes })) : { bytes: result };
    },
    write: ({ handle, bytes }, context) => {
      const result = handles.write(handle, null, bytes, caller(context));
      return result instanceof Promise ? result.then(() => ({})) : {};
    },

    connect: (args) => {
      const socket = of(args).network.connectToPort(args.port);
      if (!socket) throw portClosed(args.port);
      return { handle: handles.add(socket, null) };
    },
    fetch: async (args, context) => {
      const response = await of(args).http.fetch(args.port, args.head, args.body, caller(context));
      if (!response) throw portClosed(args.port);
      return { head: response.head, body: handles.add(response.body, null) };
    },

    setTtySize: ({ handle, size }) => {
      ttyOf(handle).setSize(size);
      return {};
    },
    getTty: ({ handle }) => {
      const { attributes, size, foreground, name } = ttyOf(handle);
      return { attributes, size, foreground, name };
    },
    processes: (args) => {
      const { processes } = of(args);
      processes.askUsage();
      return { rows: processes.rows() };
    },
    stats: (args) => of(args).stats(),
  };
}

/** Only containers that keep something need it. */
const keptFiles = () =>
  import('./author-files.ts').catch((cause: unknown) => {
    throw new BvError('ERR_BV_ASSET', `Cannot load what keeps files in the browser: ${String(cause)}`, { cause });
  });

function portClosed(port: number): BvError {
  return new BvError('ERR_BV_PORT_CLOSED', `Nothing listens on port ${port}`);
}

/** A program for the page: leader of a session, on a tty of its own or on three pipes. */
function spawnFromPage(container: Container, handles: HandleTable, args: HostSpawnArgs): HostSpawnResult | Promise<HostSpawnResult> {
  const env = new Map([...container.env, ...Object.entries(args.env ?? {})]);
  const cwd = args.cwd ?? container.workdir;
  env.set('PWD', cwd);
  const file = about('spawn', args.command, () => findCommand(container.files, args.command, env.get('PATH') ?? '', cwd));
  handles.reserve(null, 3);
  const fds: PassedFd[] = [];
  const given: number[] = [];
  if (args.tty) {
    const tty = container.openTty(args.tty);
    for (const fd of [0, 1, 2]) fds.push({ fd, description: tty.slave });
    given.push(handles.add(tty.master, null));
  } else {
    const [stdin, stdout, stderr] = [
      makePipe(container.channelOptions),
      makePipe(container.channelOptions),
      makePipe(container.channelOptions),
    ];
    fds.push(
      { fd: 0, description: new Description(stdin.read) },
      { fd: 1, description: new Description(stdout.write) },
      { fd: 2, description: new Description(stderr.write) },
    );
    given.push(handles.add(stdin.write, null), handles.add(stdout.read, null), handles.add(stderr.read, null));
  }
  const answer = ({ pid }: Process): HostSpawnResult => {
    const [stdin = 0, stdout = stdin, stderr = stdin] = given;
    return { pid, stdin, stdout, stderr };
  };
  const failed = (error: unknown): never => {
    for (const handle of given) handles.close(handle, null);
    throw PosixError.about(error, { syscall: 'spawn', path: args.command });
  };
  try {
    const started = container.spawn({
      parent: null,
      file,
      argv: [args.command, ...args.args],
      env: [...env],
      cwd,
      umask: 0o022,
      uid: userId,
      gid: userId,
      engine: args.engine ?? container.engine,
      newSession: true,
      ignored: [],
      fds,
      childPidCount: 64,
    });
    return started instanceof Promise ? started.then(answer).catch(failed) : answer(started);
  } catch (error) {
    return failed(error);
  }
}

function typeOf(type: number): HostStat['type'] {
  return type === S_IFREG ? 'file' : type === S_IFDIR ? 'directory' : type === S_IFLNK ? 'symlink' : 'other';
}

/** Runs a file call; a failure says which call and path. Nothing to say is answered with an empty object. */
function about<R>(syscall: string, path: string, run: () => R, dest?: string): R extends void ? object : R {
  try {
    return (run() ?? {}) as R extends void ? object : R;
  } catch (error) {
    throw PosixError.about(error, { syscall, path, dest });
  }
}
