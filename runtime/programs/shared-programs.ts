/** The trusted programs: what each command starts. A part is loaded when one of its commands first runs. */
import type { ProgramRow, TrustedProgram } from '../process/program.ts';
import { sharedParts, type SharedPart } from '../wires/programs.ts';
import { shellProgram } from './shell/main.ts';

type Programs<P extends SharedPart> = { readonly [C in (typeof sharedParts)[P][number]]: TrustedProgram };

/** A part that lacks a command of its row in `wires/programs.ts` does not compile. */
type Loaders = { readonly [P in SharedPart]: () => Promise<Programs<P>> };
const loaders: Omit<Loaders, 'packages'> = {
  shell: () => Promise.resolve({ sh: shellProgram, bash: shellProgram, dash: shellProgram }),
  builtIns: async () => (await import('./coreutils/parts/built-ins.ts')).builtIns,
  files: () => import('./coreutils/parts/files.ts'),
  text: () => import('./coreutils/parts/text.ts'),
  system: () => import('./coreutils/parts/system.ts'),
  running: () => import('./coreutils/parts/running.ts'),
};

/**
 * One row for each program, named as the kernel's registry names it.
 *
 * @param packages Loads the package managers, which only a worker with a network can run.
 */
export function trustedPrograms(packages: Loaders['packages']): readonly ProgramRow[] {
  const all: Loaders = { ...loaders, packages };
  return (Object.keys(sharedParts) as SharedPart[]).flatMap((part) => {
    const load: () => Promise<Readonly<Record<string, TrustedProgram>>> = all[part];
    let loaded: Readonly<Record<string, TrustedProgram>> | undefined;
    return sharedParts[part].map((name): ProgramRow => ({
      name,
      commands: [name],
      load: async () => (loaded ??= await load())[name] as TrustedProgram,
    }));
  });
}
