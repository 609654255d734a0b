/** Commands and scripts whose names are close to what was typed. */
import { editDistance } from '../edit-distance.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { allCommands } from './aliases.ts';
import { usageText } from './usage-texts.ts';

const isClose = (typed: string, name: string) => editDistance(typed, name) < typed.length * 0.4;
const ownCommands = ['stop', 'start', 'test', 'restart'];

/** The first line of a command's usage says what it does. */
const describe = (name: string) => usageText(name)?.split('\n')[0] ?? '';

/** Empty for none. */
export function didYouMean(manifest: Manifest | undefined, typed: string): string {
  const { scripts = {}, bin = {} } = manifest ?? {};
  const best = [
    ...allCommands.filter((name) => isClose(typed, name) && typed !== name && describe(name) !== '').map((name) => [name, describe(name)]),
    ...Object.keys(scripts)
      .filter((name) => isClose(typed, name) && !ownCommands.includes(name))
      .map((name) => [`run ${name}`, `run the "${name}" package script`]),
    ...Object.keys(bin)
      .filter((name) => isClose(typed, name))
      .map((name) => [`exec ${name}`, `run the "${name}" command from either this or a remote npm package`]),
  ];
  if (best.length === 0) return '';
  const lines = best.slice(0, 3).map(([name, what]) => `  npm ${name} # ${what}`);
  return `\n\nDid you mean ${best.length === 1 ? 'this' : 'one of these'}?\n${lines.join('\n')}`;
}
