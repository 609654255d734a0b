/** `yarn run`. */
import { resolvePath } from '../../../../paths.ts';
import type { Words } from '../../../command-line.ts';
import type { BerryProject } from '../berry-project.ts';
import { UsageError } from '../errors.ts';
import { elapsed } from '../help.ts';

export async function runScript(yarn: BerryProject, [name, ...args]: readonly string[], words: Words, at?: string): Promise<number> {
  const own = at ?? yarn.ownFolder;
  const scripts = yarn.scripts(own);
  if (name === undefined) {
    for (const [script, command] of Object.entries(scripts))
      await yarn.run.out(`➤ YN0000: ${script.padEnd(Math.max(...Object.keys(scripts).map((each) => each.length)))}   '${command}'`);
    await yarn.report.line(0, `Done in ${elapsed(yarn.run.elapsedMs)}`);
    return 0;
  }
  const passed = [...args, ...words.rest];
  if (scripts[name] !== undefined) return yarn.run.script(own, name, passed);
  // A name with a colon that one workspace alone has can be called from everywhere.
  if (name.includes(':')) {
    const having = yarn.load().workspaces.filter(({ manifest }) => manifest.scripts?.[name] !== undefined);
    if (having.length === 1 && having[0] !== undefined) return yarn.run.script(resolvePath(yarn.root, having[0].folder), name, passed);
  }
  const bins = [resolvePath(own, 'node_modules/.bin'), resolvePath(yarn.root, 'node_modules/.bin')];
  if (bins.some((folder) => yarn.run.session.disk.exists(resolvePath(folder, name)))) {
    const code = await yarn.run.program(own, [name, ...passed], bins);
    if (code !== undefined) return code;
  }
  throw new UsageError(
    `Couldn't find a script named "${name}".\n\n$ yarn run [--inspect] [--inspect-brk] [-T,--top-level] [-B,--binaries-only] [--require #0] <scriptName> ...`,
  );
}
