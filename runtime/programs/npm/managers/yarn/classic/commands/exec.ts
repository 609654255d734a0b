/** `yarn exec`, `yarn create`. */
import type { ClassicProject } from '../classic-project.ts';
import { ClassicError } from '../errors.ts';

export async function exec(yarn: ClassicProject, argv: readonly string[]): Promise<number> {
  await yarn.begin('exec');
  const code = await yarn.run.program(yarn.root, argv);
  if (code === undefined) throw new ClassicError(`Couldn't find the binary ${argv[0] ?? ''}`);
  return code === 0 ? yarn.done() : yarn.failed(code);
}

export async function create(yarn: ClassicProject, [name = '', ...args]: readonly string[]): Promise<number> {
  const { runFetched } = await import('../../../fetched-command.ts');
  await yarn.begin('create');
  const code = await runFetched(yarn.run, { packages: [name], args });
  return code === 0 ? yarn.done() : yarn.failed(code);
}
