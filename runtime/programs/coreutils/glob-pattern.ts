import { characterClasses } from '../../base/character-classes.ts';

/** A pattern of `fnmatch(3)` as a regular expression for the whole text: `*` and `?` match slashes and leading dots too. */
export function globToRegExp(pattern: string, ignoreCase: boolean): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    if (character === '*') source += '[^]*';
    else if (character === '?') source += '[^]';
    else if (character === '\\' && i + 1 < pattern.length) source += escaped(pattern[++i] as string);
    else if (character === '[') {
      const end = pattern.indexOf(']', pattern[i + 1] === '!' || pattern[i + 1] === '^' ? i + 3 : i + 2);
      if (end < 0) {
        source += '\\[';
        continue;
      }
      const body = pattern.slice(i + 1, end).replace(/^[!^]/, '^');
      source += `[${body.replace(/\[:(\w+):\]|([\\[\]])/g, (_, name?: string, c?: string) => (c === undefined ? (characterClasses[name as string] ?? '') : `\\${c}`))}]`;
      i = end;
    } else source += escaped(character);
  }
  return new RegExp(`^${source}$`, ignoreCase ? 'iu' : 'u');
}

function escaped(character: string): string {
  return /[$()*+./?[\\\]^{|}]/.test(character) ? `\\${character}` : character;
}
