import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError, type Command } from '../command.ts';
import { skeleton } from '../lesson/skeleton.ts';

export const initCommand: Command = {
  name: 'init',
  operands: '<folder>',
  summary: ['writes a lesson to begin with; what is there already is not touched'],
  optionHelp: [['--markdown', "in Markdown, in TutorialKit's layout. Default: one page of HTML"]],
  options: { markdown: { type: 'boolean' } },
  run({ values, positionals, say }) {
    const [name] = positionals;
    if (name === undefined || positionals.length > 1) throw new UsageError('init: name one folder');
    const folder = resolve(name);
    const files = Object.entries(skeleton(values['markdown'] === true ? 'markdown' : 'html'));
    for (const [path] of files) {
      if (existsSync(join(folder, path))) throw new Error(`Cannot begin a lesson in "${name}": ${path} is there already`);
    }
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      say(`${name}/${path}`);
    }
    say(`Now: npx bavini dev ${name}`);
    return Promise.resolve();
  },
};
