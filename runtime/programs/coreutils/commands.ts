/** Other programs, started by a tool or in its place. */
import { PosixError } from '../../base/errors.ts';
import type { Pid } from '../../base/ids.ts';
import { signalNumbers } from '../../base/signals.ts';
import { ProcessEnded } from '../../process/streams.ts';
import { errorText } from '../../process/strerror.ts';
import type { KernelOps, WaitResult } from '../../wires/process-wire.ts';
import { isDirectory } from './file-state.ts';
import { quoted } from './quoting.ts';
import { joinPath, type Tool } from './tool.ts';

/** The files that a command's name may mean, in order. */
function candidates(name: string, env: ReadonlyMap<string, string>, cwd: string): string[] {
  if (name.includes('/')) return [name.startsWith('/') ? name : joinPath(cwd, name)];
  const folders = (env.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin').split(':');
  return folders.map((folder) => joinPath(folder === '' ? cwd : folder, name));
}

/** What the kernel is asked for. */
type Request = Pick<KernelOps['spawn']['args'], 'file' | 'argv' | 'env' | 'cwd' | 'umask' | 'fds'>;

/** Asks with each file in turn until one does; the status after the failure was told as `describe(name): reason`. */
async function withFile<T>(
  tool: Tool,
  argv: readonly string[],
  where: { readonly env: ReadonlyMap<string, string>; readonly cwd: string; readonly describe: (name: string) => string },
  ask: (request: Request) => Promise<T>,
): Promise<T | number> {
  const { descriptors } = tool.context.syscalls;
  const name = argv[0] as string;
  const fds = descriptors.list().map((fd) => descriptors.transfer(fd, fd));
  const { env, cwd } = where;
  let failure = new PosixError('ENOENT');
  for (const file of candidates(name, env, cwd)) {
    try {
      if (isDirectory(tool.files.stat(file))) throw new PosixError('EACCES');
      return await ask({ file, argv, env: [...env], cwd, umask: tool.files.umask(), fds });
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      if (error.code !== 'ENOENT') failure = error;
    }
  }
  await tool.warn(`${where.describe(name)}: ${errorText(failure)}`);
  return failure.code === 'ENOENT' ? 127 : 126;
}

/** Becomes a command, with this process's descriptors. Gives a status only if it cannot. */
export function becomeCommand(
  tool: Tool,
  argv: readonly string[],
  env: ReadonlyMap<string, string>,
  cwd = tool.files.cwd(),
): Promise<number> {
  return withFile<number>(tool, argv, { env, cwd, describe: quoted }, async (request) => {
    await tool.context.calls.call('exec', request);
    throw new ProcessEnded(null);
  });
}

/** Starts a command; answers its process, or the status after the failure was told as `describe(name): reason`. */
export async function startCommand(
  tool: Tool,
  argv: readonly string[],
  describe: (name: string) => string = quoted,
): Promise<{ readonly pid: Pid } | number> {
  await tool.stdout.flush();
  const where = { env: tool.context.env, cwd: tool.files.cwd(), describe };
  return withFile(tool, argv, where, (request) => tool.context.calls.call('spawn', request));
}

/** The status of a command that runs to its end, 128 + n for a signal. */
export async function runCommand(tool: Tool, argv: readonly string[], describe?: (name: string) => string): Promise<number> {
  const started = await startCommand(tool, argv, describe);
  if (typeof started === 'number') return started;
  return statusOf(await tool.context.calls.call('wait', { child: started.pid }));
}

/** As a shell counts it. */
export function statusOf(result: WaitResult | null): number {
  return result === null ? 0 : result.signal === null ? (result.code ?? 0) : 128 + signalNumbers[result.signal];
}
