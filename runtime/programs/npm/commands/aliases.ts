/** The other names of npm's commands, and the commands that do not run here. */
import { abbreviations } from '../config/flags.ts';
import { commandNames } from './names.ts';

/** Of npm, but not here: most publish, sign in, ask for a git repository or a browser window. */
const absentCommands = [
  'access',
  'adduser',
  'audit',
  'completion',
  'deprecate',
  'diff',
  'dist-tag',
  'doctor',
  'edit',
  'help-search',
  'login',
  'logout',
  'org',
  'owner',
  'profile',
  'publish',
  'query',
  'sbom',
  'search',
  'stage',
  'star',
  'stars',
  'team',
  'token',
  'trust',
  'undeprecate',
  'unpublish',
  'unstar',
  'whoami',
] as const;

const unwritten: readonly string[] = ['completion', 'diff', 'doctor', 'help-search', 'query', 'sbom'];

/** Why a command does not run; undefined for one that does. */
export function absenceOf(name: string): string | undefined {
  if (!(absentCommands as readonly string[]).includes(name)) return undefined;
  const why = unwritten.includes(name) ? 'it is not implemented' : "it needs npm's own servers, a git repository or a desktop";
  return `\`npm ${name}\` is not available in a page: ${why}.`;
}

const aliases: Readonly<Record<string, string>> = {
  author: 'owner',
  home: 'docs',
  issues: 'bugs',
  info: 'view',
  show: 'view',
  find: 'search',
  add: 'install',
  unlink: 'uninstall',
  remove: 'uninstall',
  rm: 'uninstall',
  r: 'uninstall',
  un: 'uninstall',
  rb: 'rebuild',
  list: 'ls',
  ln: 'link',
  create: 'init',
  i: 'install',
  it: 'install-test',
  cit: 'install-ci-test',
  u: 'update',
  up: 'update',
  c: 'config',
  s: 'search',
  se: 'search',
  tst: 'test',
  t: 'test',
  ddp: 'dedupe',
  v: 'view',
  'run-script': 'run',
  'clean-install': 'ci',
  'clean-install-test': 'install-ci-test',
  x: 'exec',
  why: 'explain',
  la: 'll',
  verison: 'version',
  ic: 'ci',
  innit: 'init',
  in: 'install',
  ins: 'install',
  inst: 'install',
  insta: 'install',
  instal: 'install',
  isnt: 'install',
  isnta: 'install',
  isntal: 'install',
  isntall: 'install',
  'install-clean': 'ci',
  'isntall-clean': 'ci',
  hlep: 'help',
  'dist-tags': 'dist-tag',
  upgrade: 'update',
  udpate: 'update',
  rum: 'run',
  sit: 'install-ci-test',
  urn: 'run',
  ogr: 'org',
  'add-user': 'adduser',
};

export const allCommands: readonly string[] = [...commandNames, ...absentCommands].sort();

/** The command that a word means: its name, an alias, the unambiguous beginning of one, or camel case. */
export function commandOfWord(word: string): string | undefined {
  const text = word.replace(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`);
  if (allCommands.includes(text)) return text;
  if (Object.hasOwn(aliases, text)) return aliases[text];
  let found = abbreviations([...allCommands, ...Object.keys(aliases)]).get(text);
  while (found !== undefined && Object.hasOwn(aliases, found)) found = aliases[found];
  return found;
}
