import { FoundProblems, UsageError, type Command } from '../command.ts';
import { examine } from '../doctor/examine.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  operands: '<address>',
  summary: [
    'looks at a page and says what keeps live code from running there, and how to mend it:',
    'missing files, types, CORS, Content Security Policy. Exit code 1 if something does',
  ],
  optionHelp: [],
  options: {},
  async run({ positionals, say }) {
    const [name] = positionals;
    if (name === undefined || positionals.length > 1) throw new UsageError('doctor: name the address of a page');
    if (!URL.canParse(name) || !/^https?:$/.test(new URL(name).protocol)) throw new UsageError(`doctor: "${name}" is no address of a page`);
    const findings = await examine(new URL(name));
    for (const { kind, text, mend } of findings) {
      say(`${kind.padEnd(8)} ${text}`);
      if (mend !== undefined) say(`         ${mend}`);
    }
    if (findings.some(({ kind }) => kind === 'problem')) throw new FoundProblems('The page has problems');
  },
};
