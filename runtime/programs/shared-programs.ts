/** The programs of a container's shared worker: what each command starts. A chunk is loaded when one of its commands first runs. */
import type { ProgramRow, TrustedProgram } from '../process/program.ts';
import { shellProgram } from './shell/main.ts';

const simple = () => import('./coreutils/simple.ts');
const fileTools = () => import('./coreutils/file-tools.ts');
const one = (name: string, load: () => Promise<TrustedProgram>): ProgramRow => ({ name, commands: [name], load });

/** One row for each program, named as the kernel's registry (`wires/programs.ts`) names it. */
export const sharedPrograms: readonly ProgramRow[] = [
  ...['sh', 'bash', 'dash'].map((name) => one(name, () => Promise.resolve(shellProgram))),
  one('cat', async () => (await import('./coreutils/cat.ts')).default),
  one('ls', async () => (await import('./coreutils/ls.ts')).default),
  ...['echo', 'printf', 'pwd', 'test', '[', 'kill', 'which'].map((name) => one(name, async () => (await simple()).delegated(name))),
  one('true', async () => (await simple()).trueTool),
  one('false', async () => (await simple()).falseTool),
  ...(
    [
      'sleep',
      'clear',
      'yes',
      'env',
      'printenv',
      'basename',
      'dirname',
      'seq',
      'tee',
      'head',
      'tail',
      'wc',
      'ps',
      'tr',
      'cut',
      'rev',
      'tac',
      'date',
      'id',
      'whoami',
    ] as const
  ).map((name) => one(name, async () => (await simple())[name])),
  ...(['mkdir', 'rmdir', 'rm', 'touch', 'cp', 'mv', 'ln', 'chmod', 'readlink', 'realpath'] as const).map((name) =>
    one(name, async () => (await fileTools())[name]),
  ),
  ...(['grep', 'egrep', 'fgrep'] as const).map((name) => one(name, async () => (await import('./coreutils/grep.ts'))[name])),
  ...(['find', 'xargs', 'timeout', 'mktemp', 'hostname', 'uname', 'tty', 'base64'] as const).map((name) =>
    one(name, async () => (await import('./coreutils/run-tools.ts'))[name]),
  ),
  ...(['sort', 'uniq'] as const).map((name) => one(name, async () => (await import('./coreutils/sort.ts'))[name])),
];
