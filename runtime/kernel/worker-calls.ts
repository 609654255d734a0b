/** The calls of a worker: every argument is checked here, then handed to what does the work. */
import { PosixError } from '../base/errors.ts';
import { firstOwnHandle, type KernelOps, type PassedHandle } from '../wires/process-wire.ts';
import type { CallContext, HandlersOf } from '../wires/rpc.ts';
import * as check from './guards.ts';
import { Description } from './kernel-object.ts';
import { limitTable } from './limits.ts';
import { Listener } from './listener.ts';
import { MessageEnd } from './message-channel.ts';
import { posixOf } from './persistence.ts';
import { makePipe } from './pipe.ts';
import type { Process } from './process.ts';
import { makeSocketPair, Socket } from './socket.ts';
import { execFromWorker, spawnFromWorker } from './spawn.ts';
import { PtyMaster, TtySlave, type Tty } from './tty.ts';
import type { WorkerConnection } from './worker-connection.ts';

const maxReadBytes = 1024 * 1024;

export function workerCalls(worker: WorkerConnection): HandlersOf<KernelOps> {
  const { container, handles } = worker;
  const handleOf = (value: unknown) => check.integer(value, 'handle', 0);
  const objectOf = (value: unknown, process: Process) => handles.get(handleOf(value), process).object;
  const ttyOf = (value: unknown, process: Process): Tty => {
    const object = objectOf(value, process);
    if (object instanceof TtySlave || object instanceof PtyMaster) return object.tty;
    throw new PosixError('ENOTTY');
  };
  const serveTrusted = <R extends object>(pid: unknown, run: () => R) =>
    worker.serve(pid, () => {
      if (!worker.isShared) throw new PosixError('EPERM');
      return run();
    });
  const socketOf = (value: unknown, process: Process): Socket => {
    const object = objectOf(value, process);
    if (!(object instanceof Socket)) throw new PosixError('ENOTSOCK');
    return object;
  };
  const namesOf = ({ local, remote }: Socket) => ({ local, remote });
  const connected = (socket: Socket, process: Process, context?: CallContext) => ({
    handle: handles.add(socket, process, context),
    ...namesOf(socket),
  });

  return {
    read: ({ pid, handle, maxBytes }, context) =>
      worker.serve(pid, (process) => {
        const number = handleOf(handle);
        const max = Math.min(check.integer(maxBytes, 'number of bytes', 1), maxReadBytes);
        const read = () => handles.read(number, process, max, context, worker.caller(process, context));
        const result = process.stopped ? process.whenRunning().then(read) : read();
        return result instanceof Promise ? result.then((bytes) => ({ bytes })) : { bytes: result };
      }),

    write: ({ pid, handle, bytes }, context) =>
      worker.serve(pid, (process) => {
        const number = handleOf(handle);
        check.bytes(bytes, 'set of bytes to write');
        if (bytes.length > limitTable.messageBytes.value) {
          container.reachedLimit(
            'messageBytes',
            `A program wrote ${bytes.length} bytes at once; at most ${limitTable.messageBytes.value} are taken`,
          );
          throw new PosixError('ENOBUFS');
        }
        const write = () => handles.write(number, process, bytes, worker.caller(process, context));
        const failed = (error: unknown): never => {
          if (error instanceof PosixError && error.code === 'EPIPE') container.processes.signal(process, 'SIGPIPE');
          throw error;
        };
        try {
          const result = process.stopped ? process.whenRunning().then(write) : write();
          return result instanceof Promise ? result.then(() => ({}), failed) : {};
        } catch (error) {
          return failed(error);
        }
      }),

    shutdown: ({ pid, handle }) =>
      worker.serve(pid, (process) => {
        const object = objectOf(handle, process);
        if (!object.shutdown) throw new PosixError('ENOTSOCK');
        object.shutdown();
        return {};
      }),

    duplicate: ({ pid, handle }) =>
      worker.serve(pid, (process) => ({ handle: handles.add(handles.get(handleOf(handle), process), process) })),

    pipe: ({ pid }) =>
      worker.serve(pid, (process) => {
        handles.reserve(process, 2);
        const { read, write } = makePipe(container.channelOptions);
        return { read: handles.add(read, process), write: handles.add(write, process) };
      }),

    socketPair: ({ pid }) =>
      worker.serve(pid, (process) => {
        handles.reserve(process, 2);
        const { a, b } = makeSocketPair(container.channelOptions);
        return { a: handles.add(a, process), b: handles.add(b, process) };
      }),

    pass: ({ pid, channel, handle }) =>
      worker.serve(pid, (process) => {
        const description = handles.get(handleOf(handle), process);
        const { object } = description;
        if (!(object instanceof Socket || object instanceof Listener)) throw new PosixError('EINVAL');
        socketOf(channel, process).pass(description, container.limits.get('backlog'));
        return {};
      }),

    takePassed: ({ pid, channel }, context) =>
      worker.serve(pid, (process) => {
        const taken = (description: Description): PassedHandle => {
          try {
            if (process.ended) throw new PosixError('ESRCH');
            const { object } = description;
            const handle = handles.add(description, process, context);
            return {
              handle,
              stream: object.stream,
              ...(object instanceof Listener ? { local: object.address } : namesOf(object as Socket)),
            };
          } finally {
            description.release();
          }
        };
        const result = socketOf(channel, process).takePassed(worker.caller(process, context));
        return result instanceof Promise ? result.then(taken) : taken(result);
      }),

    listen: ({ pid, address, backlog, bound }, context) =>
      worker.serve(pid, (process) => {
        handles.reserve(process);
        const at = check.socketAddress(address);
        const listener = container.listen(at, check.integer(backlog, 'backlog', -1), process, bound === true);
        return { handle: handles.add(listener, process, context), address: listener.address };
      }),

    accept: ({ pid, handle }, context) =>
      worker.serve(pid, (process) => {
        const listener = objectOf(handle, process);
        if (!(listener instanceof Listener)) throw new PosixError('EINVAL');
        handles.reserve(process);
        const accepted = (socket: Socket) => {
          if (process.ended) {
            listener.unaccept(socket);
            throw new PosixError('ESRCH');
          }
          try {
            return connected(socket, process, context);
          } catch (error) {
            listener.unaccept(socket);
            throw error;
          }
        };
        const result = listener.accept(worker.caller(process, context));
        return result instanceof Promise ? result.then(accepted) : accepted(result);
      }),

    connect: ({ pid, address }, context) =>
      worker.serve(pid, (process) => {
        handles.reserve(process);
        const result = container.connect(check.socketAddress(address), worker.caller(process, context), process);
        return result instanceof Promise ? result.then((socket) => connected(socket, process)) : connected(result, process);
      }),

    startTls: ({ pid, handle }) =>
      worker.serve(pid, (process) => {
        container.gateway.startTls(socketOf(handle, process));
        return {};
      }),

    lookup: ({ pid, host, family }) =>
      worker.serve(pid, () => {
        if (family !== 0 && family !== 4 && family !== 6) check.badMessage('an unknown address family');
        return { addresses: container.lookup(check.text(host, 'host', 255), family) };
      }),

    spawn: (args, context) => worker.serve(args.pid, (process) => spawnFromWorker(worker, process, args, context)),

    exec: (args) => worker.serve(args.pid, (process) => execFromWorker(worker, process, args)),

    unread: ({ pid, handle, bytes }) =>
      worker.serve(pid, (process) => {
        const object = objectOf(handle, process);
        check.bytes(bytes, 'set of bytes to give back');
        // No honest program read more than one call gives.
        if (!object.unread || bytes.length > maxReadBytes) throw new PosixError('EINVAL');
        object.unread(bytes);
        return {};
      }),

    wait: ({ pid, child, untraced, noHang }, context) =>
      worker.serve(pid, (process) =>
        container.processes.wait(
          process,
          { child: check.integer(child, 'process id'), untraced: untraced === true, noHang: noHang === true },
          worker.caller(process, context),
        ),
      ),

    kill: ({ pid, target, signal }) =>
      worker.serve(pid, (process) => {
        container.processes.kill(process, check.integer(target, 'process id'), signal === 0 ? 0 : check.signal(signal));
        return {};
      }),

    setProcessGroup: ({ pid, target, pgid }) =>
      worker.serve(pid, (process) => {
        container.processes.setProcessGroup(process, check.integer(target, 'process id'), check.integer(pgid, 'process group'));
        return {};
      }),

    setSession: ({ pid }) => worker.serve(pid, (process) => ({ sid: container.processes.setSession(process) })),

    getTty: ({ pid, handle }) =>
      worker.serve(pid, (process) => {
        const { attributes, size, foreground, name } = ttyOf(handle, process);
        return { attributes, size, foreground, name };
      }),

    setTty: ({ pid, handle, attributes }, context) =>
      worker.serve(pid, (process) =>
        controlling(worker, process, ttyOf(handle, process), context, (tty) => tty.setAttributes(check.ttyAttributes(attributes))),
      ),

    setTtySize: ({ pid, handle, size }) =>
      worker.serve(pid, (process) => {
        ttyOf(handle, process).setSize(check.ttySize(size));
        return {};
      }),

    setForeground: ({ pid, handle, pgid }, context) =>
      worker.serve(pid, (process) => {
        const group = check.integer(pgid, 'process group', 1);
        return controlling(worker, process, ttyOf(handle, process), context, (tty) =>
          container.processes.setForeground(process, tty, group),
        );
      }),

    openTty: ({ pid }) =>
      worker.serve(pid, (process) => {
        const { tty } = process.session;
        if (tty === null || tty.hungUp) throw new PosixError('ENXIO');
        return { handle: handles.add(tty.slave, process) };
      }),

    openPty: ({ pid, size }) =>
      worker.serve(pid, (process) => {
        handles.reserve(process, 2);
        const tty = container.openTty(check.ttySize(size));
        return { master: handles.add(tty.master, process), slave: handles.add(tty.slave, process), name: tty.name };
      }),

    channelPair: ({ pid, at }) =>
      worker.serve(pid, (process) => {
        const own = at === undefined ? undefined : check.integer(at, 'handle', firstOwnHandle);
        handles.reserve(process, 2);
        const { a, b } = MessageEnd.pair(container.limits.get('channelMessages'));
        const add = (end: MessageEnd, index: 0 | 1) =>
          own === undefined ? handles.add(new Description(end), process) : handles.addAt(own + index, new Description(end), process);
        const first = add(a, 0);
        worker.receive(a, first);
        return { a: first, b: add(b, 1) };
      }),

    processes: ({ pid }) => worker.serve(pid, () => ({ rows: container.processes.rows() })),

    addLayers: ({ pid, layers }) =>
      serveTrusted(pid, () => {
        container.addLayers(check.layers(layers));
        return {};
      }),

    warm: ({ pid, program, later }) =>
      serveTrusted(pid, () => {
        if (!container.programs.has(check.text(program, 'program'))) throw new PosixError('EINVAL');
        if (later === true) container.workers.warmLater(program, container.engine);
        else container.workers.warm(program, container.engine);
        return {};
      }),

    registries: ({ pid }) => serveTrusted(pid, () => ({ registries: container.registries })),

    permitRequest: ({ pid, url }) =>
      serveTrusted(pid, () => {
        container.permitRequest(check.webAddress(url));
        return {};
      }),

    sync: ({ pid }) =>
      worker.serve(pid, () =>
        container.sync().then(
          () => ({}),
          (error: unknown) => {
            throw posixOf(error);
          },
        ),
      ),
  };
}

/** Changing a tty from the background stops the caller first. The usual case answers at once. */
function controlling(
  worker: WorkerConnection,
  process: Process,
  tty: Tty,
  context: CallContext,
  change: (tty: Tty) => void,
): object | Promise<object> {
  const waited = tty.checkControl(worker.caller(process, context));
  if (waited === undefined) {
    change(tty);
    return {};
  }
  return waited.then(() => {
    change(tty);
    return {};
  });
}
