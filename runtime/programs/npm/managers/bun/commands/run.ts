/** `bun run`. */
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { ManifestSyntaxError, parseManifest, type ProjectManifest } from '../../project.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';

export async function runScript(bun: BunProject, [name, ...args]: readonly string[], words: Words): Promise<number> {
  const { run } = bun;
  const own = bun.ownFolder;
  const manifest = manifestOf(bun, own);
  const scripts = manifest.scripts ?? {};
  if (name === undefined) {
    await run.out(`${manifest.name ?? 'package.json'} scripts (${Object.keys(scripts).length} found):`);
    for (const [script, command] of Object.entries(scripts)) await run.out(`  $ bun run ${script}\n    ${command}\n`);
    return 0;
  }
  const passed = [...(args[0] === '--' ? args.slice(1) : args), ...words.rest];
  if (scripts[name] !== undefined) {
    for (const event of [`pre${name}`, name, `post${name}`]) {
      const code = await run.script(own, event, event === name ? passed : [], {
        quote: (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)),
        before: (command) => (words.flags.has('silent') ? Promise.resolve() : run.err(`$ ${command}`)),
      });
      if (code === 0) continue;
      await run.err(`error: script "${event}" exited with code ${code}`);
      return code;
    }
    return 0;
  }
  const isFile = /\.[cm]?[jt]sx?$/.test(name) || name.startsWith('.') || name.startsWith('/');
  if (isFile) throw new BunError(`bun's own runtime cannot run in a page: run "node ${name}" instead`);
  const code = await run.program(own, [name, ...passed]);
  if (code === undefined && words.flags.has('if-present')) return 0;
  if (code === undefined) throw new BunError(`Script not found "${name}"`);
  return code;
}

/** One that cannot be read has no scripts. */
function manifestOf({ run }: BunProject, folder: string): ProjectManifest {
  const path = resolvePath(folder, 'package.json');
  try {
    return parseManifest(run.session.disk.readText(path) ?? '{}', path);
  } catch (error) {
    if (error instanceof ManifestSyntaxError) return {};
    throw error;
  }
}
