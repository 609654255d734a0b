/** The options of bun's commands that manage packages: what it knows, and what of them is not here. */
import { settings } from '../../config/settings.ts';
import { parseWords, type Words } from '../command-line.ts';
import { BunError } from './errors.ts';
import { foreignOptions, optionRows } from './option-rows.ts';

interface Option {
  readonly name: string;
  readonly letter: string | undefined;
  readonly isValued: boolean;
}

const readOption = (text: string): Option => {
  const [name = '', letter] = text.replace(/=$/, '').split('|');
  return { name, letter, isValued: text.endsWith('=') };
};

/** Of commands without options of their own: what is shared by all. */
function optionsOf(command: string): readonly Option[] {
  const own = command === 'ci' ? 'install' : ['list', 'pm', 'init'].includes(command) ? 'why' : command;
  return optionRows.filter(([commands]) => commands.split(' ').includes(own)).flatMap(([, options]) => options.split(' ').map(readOption));
}

/** What it takes by another name. */
const renamed: Readonly<Record<string, string>> = {
  development: 'dev',
  'package-lock-only': 'lockfile-only',
  prod: 'production',
  'save-dev': 'dev',
  'save-exact': 'exact',
  'save-optional': 'optional',
  'save-peer': 'peer',
};

/** Other managers' options, which bun takes and knows nothing of; with `no-` before them, too. */
const isForeign = (flag: string) =>
  [flag, flag.replace(/^no-/, '')].some((name) => Object.hasOwn(settings, name) || foreignOptions.split(' ').includes(name));

/** @param command By its own name. */
export function readWords(argv: readonly string[], command: string): Words {
  const options = optionsOf(command);
  const letters = Object.fromEntries(options.flatMap(({ name, letter }) => (letter === undefined ? [] : [[letter, name]])));
  const valued = options.flatMap(({ name, isValued }) => (isValued ? [name] : []));
  const words = parseWords(argv, valued, { D: 'dev', P: 'production', ...letters }, false, (name) => renamed[name] ?? name);
  const { flags, lists } = words;
  const left = [...(flags.has('no-optional') ? ['optional'] : []), ...(lists.get('omit') ?? [])];
  return left.length === 0 ? words : { ...words, lists: new Map([...lists, ['omit', left]]) };
}

const notHere = new Set(
  'config yarn trust global env-file analyze only-missing catalog minimum-release-age minimum-release-age-excludes cpu os libc interactive recursive depth top'.split(
    ' ',
  ),
);

/** Said below the command's usage. */
export class WrongArgument extends BunError {}

/** @throws {BunError} for an option that the command does not know, or that is not here; for one with a value that takes none, or without. */
export function checkOptions({ flags }: Words, command: string): void {
  const options = optionsOf(command);
  const shown = command === 'ci' ? 'install' : command === 'list' ? 'pm' : command;
  for (const [flag, value] of flags) {
    const known = options.find(({ name }) => name === flag);
    if (known === undefined) {
      if (command !== 'why' && flag.length > 1 && isForeign(flag)) continue;
      if (flag.length === 1) throw new WrongArgument(`Invalid Argument '-${flag}'`);
      throw new BunError(`bun ${shown} has no --${flag} flag.`, `note: Run 'bun ${shown} --help' for more information`);
    }
    if (known.isValued && (value === '' || value === true)) {
      throw new WrongArgument(`The argument '--${flag}' requires a value but none was supplied.`);
    }
    if (!known.isValued && value !== true) throw new WrongArgument(`The argument '--${flag}' does not take a value.`);
    if (notHere.has(flag)) throw new BunError(`"bun ${shown} --${flag}" is not available in a page`);
  }
}
