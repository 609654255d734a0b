import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { textOption, UsageError, type Command } from '../command.ts';
import { packLesson } from '../lesson/pack-lesson.ts';

export const packCommand: Command = {
  name: 'pack',
  operands: '<folder>',
  summary: ["packs lessons that are written in Markdown, in TutorialKit's layout, into what <bv-lesson src> reads"],
  optionHelp: [['--out <file>', 'gzipped if it ends with .gz. Default: <folder>/lesson.json']],
  options: { out: { type: 'string' } },
  run(invocation) {
    const { positionals, say } = invocation;
    const [name] = positionals;
    if (name === undefined || positionals.length > 1) throw new UsageError('pack: name one folder');
    const folder = resolve(name);
    if (!existsSync(folder)) throw new Error(`Cannot pack "${name}": there is no such folder`);
    const document = packLesson(folder);
    const out = resolve(textOption(invocation, 'out') ?? join(folder, 'lesson.json'));
    const bytes = Buffer.from(`${JSON.stringify(document, null, 1)}\n`);
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, out.endsWith('.gz') ? gzipSync(bytes, { level: 9 }) : bytes);
    say(`${out}: ${document.steps.length} ${document.steps.length === 1 ? 'step' : 'steps'}`);
    return Promise.resolve();
  },
};
