/** The options of pnpm's commands: what it knows, how they may be written, and what of them is not here. */
import { editDistance } from '../../edit-distance.ts';
import { parseWords, type Words } from '../command-line.ts';
import { PnpmError } from './errors.ts';
import { optionRows } from './option-rows.ts';

const all = optionRows.flatMap(([, options]) => options.split(' '));
const valued = all.filter((option) => option.endsWith('=')).map((option) => option.slice(0, -1));

const short = {
  C: 'dir',
  D: 'save-dev',
  E: 'save-exact',
  F: 'filter',
  H: 'help',
  L: 'latest',
  O: 'save-optional',
  P: 'save-prod',
  S: 'save',
  d: 'verbose',
  f: 'force',
  g: 'global',
  h: 'help',
  i: 'interactive',
  l: 'long',
  p: 'parseable',
  q: 'quiet',
  r: 'recursive',
  s: 'silent',
  v: 'version',
  w: 'workspace-root',
};
/** Of commands that save nothing by kind. */
const shortOfInstall = { ...short, D: 'dev', P: 'production' };

/** What stands for other options. */
const others = ['help', 'silent', 'verbose', 'quiet'];
const othersOfRun = [...others, 'parallel', 'sequential'];

const renamed: Readonly<Record<string, string>> = {
  development: 'dev',
  'lockfile-directory': 'lockfile-dir',
  porcelain: 'parseable',
  prefix: 'dir',
  prod: 'production',
};

/** @param command Empty: of all of them. */
const optionsOf = (command: string): readonly string[] =>
  optionRows
    .filter(([commands]) => commands === '' || command === '' || commands.split(' ').includes(command))
    .flatMap(([, options]) => options.replaceAll('=', '').split(' '));

/** The name of an option that is written whole, or as far as no other begins so. */
function nameOf(name: string, known: readonly string[]): string {
  const [no, plain] = name.startsWith('no-') ? ['no-', name.slice(3)] : ['', name];
  const exact = renamed[plain] ?? plain;
  const begun = known.includes(exact) || othersOfRun.includes(exact) ? [] : known.filter((each) => each.startsWith(exact));
  return `${no}${begun.length === 1 ? (begun[0] ?? '') : exact}`;
}

/** @param command Whose options these are; empty before it is known. @param until As `parseWords` has it. */
export function readWords(argv: readonly string[], command = '', until = false): Words {
  const known = optionsOf(command);
  const letters = ['install', 'update', 'list', 'why'].includes(command) ? shortOfInstall : short;
  return parseWords(argv, valued, letters, until, (name) => (command === '' ? (renamed[name] ?? name) : nameOf(name, known)));
}

const words = (text: string) => text.split(' ');
const ofLists = 'dev production optional exclude-peers find-by json long only-projects parseable global';
const notHere: Readonly<Record<string, readonly string[]>> = {
  '': words(
    'cpu libc os filter-prod fix-lockfile only global-pnpmfile pnpmfile interactive lockfile-dir modules-dir virtual-store-dir resolution-only save-catalog-name no-save trust-policy update-checksums use-node-version shell-mode allow-build config',
  ),
  list: words(ofLists),
  why: words(ofLists),
  remove: ['global'],
  update: ['depth', 'global'],
  init: words('init-package-manager init-type bare'),
};

/** @throws {PnpmError} for an option that the command does not know, or that is not here. */
export function checkOptions({ flags }: Words, command: string): void {
  const known = optionsOf(command);
  const mayBe = [...known, ...(command === 'run' ? othersOfRun : others)];
  const given = [...flags.keys(), ...(flags.has('filter') ? ['recursive'] : [])];
  const unknown = [...new Set(given.map((flag) => flag.replace(/^no-/, '')))].filter(
    (flag) => !mayBe.includes(flag) && !/^(?:config\.|\/\/|@[a-z0-9][\w.-]*:registry$)/.test(flag),
  );
  if (unknown.length > 0) throw new UnknownOption(unknown, known, command);
  const missing = given.find((flag) => notHere['']?.includes(flag) || notHere[command]?.includes(flag));
  if (missing !== undefined) throw new PnpmError('NOT_IMPLEMENTED', `"pnpm ${command} --${missing}" is not available in a page`);
}

/** Said before pnpm's reporter has begun. */
export class UnknownOption extends PnpmError {
  constructor(unknown: readonly string[], known: readonly string[], command: string) {
    const texts = unknown.map((flag) => `'${flag}'`).join(', ');
    const close = unknown.length === 1 ? closest(unknown[0] ?? '', known) : [];
    const hint =
      close.length === 0 ? '' : `\nDid you mean '${close.join("', or '")}'? Use "--config.unknown=value" to force an unknown option.`;
    super('', `Unknown option${unknown.length === 1 ? '' : 's'}: ${texts}${hint}\nFor help, run: pnpm help ${command}`);
  }
}

/** Those that are most like it, where two letters of five are the same. */
function closest(typed: string, known: readonly string[]): readonly string[] {
  const likeness = (name: string) => 1 - editDistance(typed.toLowerCase(), name) / Math.max(typed.length, name.length);
  const best = Math.max(...known.map(likeness));
  return best < 0.4 ? [] : known.filter((name) => likeness(name) === best);
}
