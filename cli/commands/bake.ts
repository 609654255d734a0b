import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bake } from '../bake.ts';
import { textOption, UsageError, type Command } from '../command.ts';
import { openRegistries } from '../registries.ts';

export const bakeCommand: Command = {
  name: 'bake',
  operands: '<folder>...',
  summary: [
    'writes all packages that the lesson in <folder> installs as static files, for pages',
    'that work without a registry: point <bv-container registry="…"> at them',
  ],
  optionHelp: [
    ['--out <dir>', 'where to; lessons may share it. Default: <folder>/bavini-packages'],
    ['--also <name@range>', 'one more package with all it needs; may be given again'],
    ['--omit-dev', 'without devDependencies'],
    ['--registry <address>', 'in the place of the one in .npmrc'],
  ],
  options: {
    out: { type: 'string' },
    also: { type: 'string', multiple: true },
    'omit-dev': { type: 'boolean' },
    registry: { type: 'string' },
  },
  async run(invocation) {
    const { values, positionals, say } = invocation;
    if (positionals.length === 0) throw new UsageError('bake: name the folder of a lesson');
    for (const name of positionals) {
      if (!existsSync(join(resolve(name), 'package.json'))) throw new Error(`Cannot bake "${name}": it has no package.json`);
    }
    for (const name of positionals) {
      const folder = resolve(name);
      await bake({
        folder,
        registries: openRegistries(folder, textOption(invocation, 'registry')),
        out: resolve(textOption(invocation, 'out') ?? join(folder, 'bavini-packages')),
        also: (values['also'] ?? []) as readonly string[],
        omitDev: values['omit-dev'] === true,
        say,
      });
    }
  },
};
