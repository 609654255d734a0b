/** Programs that npm starts: found on the path, with npm's own descriptors or with pipes that are read. */
import { PosixError } from '../../../base/errors.ts';
import type { SignalName } from '../../../base/signals.ts';
import { concatBytes } from '../../../base/bytes.ts';
import type { FdTransfer } from '../../../wires/process-wire.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: SignalName | null;
  /** Only where they were not npm's own. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env: ReadonlyMap<string, string>;
  /** `inherit`: the terminal's, or whatever npm has. `pipe`: no input, output is gathered. */
  readonly stdio: 'inherit' | 'pipe';
  /** Told of what is written as it comes, in the place of gathering it. */
  readonly onOutput?: (bytes: Uint8Array, stream: 1 | 2) => void;
}

/** The file of a command, as a shell finds it. Undefined if there is none. */
function findProgram(session: Session, name: string, path: string, cwd: string): string | undefined {
  const candidates = name.includes('/') ? [resolvePath(cwd, name)] : path.split(':').map((folder) => resolvePath(cwd, folder, name));
  return candidates.find((file) => {
    const stat = session.disk.stat(file);
    return stat !== undefined && session.disk.isFile(file) && (stat.mode & 0o111) !== 0;
  });
}

/** Runs a program to its end. @throws {PosixError} `ENOENT`, `EACCES` where it cannot be started. */
export async function spawn(session: Session, argv: readonly string[], options: SpawnOptions): Promise<Ended> {
  const { calls, disk, context } = session;
  const { descriptors } = context.syscalls;
  await session.display.settled();
  session.checkInterrupted();
  const file = findProgram(session, argv[0] ?? '', options.env.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin', options.cwd);
  if (file === undefined) throw new PosixError('ENOENT', { syscall: 'spawn', path: argv[0] ?? '' });
  const pipes: number[] = [];
  let fds: FdTransfer[];
  let outputs: Promise<Uint8Array>[] = [];
  const close = (handle: number) => context.syscalls.notify({ kind: 'close', handle });
  if (options.stdio === 'inherit') {
    fds = [0, 1, 2].filter((fd) => descriptors.info(fd) !== undefined).map((fd) => descriptors.transfer(fd, fd));
  } else {
    const [out, error] = await Promise.all([calls.call('pipe', {}), calls.call('pipe', {})]);
    pipes.push(out.write, error.write);
    const empty = disk.calls.open('/dev/null', 0, 0);
    fds = [
      descriptors.transfer(empty, 0),
      { fd: 1, kind: 'stream', stream: 'pipe-write', handle: out.write },
      { fd: 2, kind: 'stream', stream: 'pipe-write', handle: error.write },
    ];
    disk.calls.close(empty);
    outputs = [out.read, error.read].map(async (handle, index) => {
      const chunks: Uint8Array[] = [];
      for (;;) {
        const { bytes } = await calls.call('read', { handle, maxBytes: 65_536 });
        if (bytes.length === 0) break;
        if (options.onOutput === undefined) chunks.push(bytes);
        else options.onOutput(bytes, index === 0 ? 1 : 2);
      }
      close(handle);
      return chunks.length === 0 ? new Uint8Array(0) : concatBytes(chunks);
    });
  }
  // A process that is killed meanwhile never waits for them.
  for (const output of outputs) output.catch(() => undefined);
  let pid: number;
  try {
    ({ pid } = await calls.call('spawn', {
      file,
      argv,
      env: [...options.env],
      cwd: options.cwd,
      umask: disk.calls.umask(),
      fds,
    }));
  } finally {
    for (const handle of pipes) close(handle);
  }
  // A program that runs in our place gets the terminal's signals itself; others are passed on.
  const pass = () => {
    const signal = session.interruption;
    if (signal !== undefined) calls.call('kill', { target: pid, signal }).catch(() => undefined); // It may be over by now.
  };
  session.signal.addEventListener('abort', pass);
  try {
    const result = await calls.call('wait', { child: pid });
    const [stdout = new Uint8Array(0), stderr = new Uint8Array(0)] = await Promise.all(outputs);
    return { code: result?.code ?? null, signal: result?.signal ?? null, stdout, stderr };
  } finally {
    session.signal.removeEventListener('abort', pass);
  }
}
