/** Shell patterns as regular expressions. A backslash in a pattern protects the next character, as quotes did before. */
import { characterClasses } from '../../../base/character-classes.ts';

export interface PatternOptions {
  readonly extglob?: boolean;
  readonly ignoreCase?: boolean;
  /** `*` takes as little as it can: for the shortest match. */
  readonly lazy?: boolean;
}

const escapeLiteral = (c: string) => c.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');

/** The source of a regular expression, flags `su`, without anchors. */
export function patternSource(pattern: string, options: PatternOptions = {}): string {
  const characters = [...pattern];
  let at = 0;
  const star = options.lazy ? '.*?' : '.*';

  const sequence = (inGroup: boolean): string => {
    let source = '';
    while (at < characters.length) {
      const c = characters[at] as string;
      if (inGroup && (c === '|' || c === ')')) return source;
      const next = characters[at + 1];
      if (options.extglob !== false && next === '(' && '?*+@!'.includes(c)) {
        const saved = at;
        at += 2;
        const alternatives = [sequence(true)];
        while (characters[at] === '|') {
          at++;
          alternatives.push(sequence(true));
        }
        if (characters[at] === ')') {
          at++;
          const group = alternatives.join('|');
          if (c === '!') {
            // What follows in the pattern decides where the excluded text must not end.
            const rest = sequence(inGroup);
            source += `(?:(?!(?:${group})${rest}${inGroup ? '' : '$'})${star})${rest}`;
            return source;
          }
          source += `(?:${group})${c === '@' ? '' : c}`;
          continue;
        }
        at = saved;
      }
      at++;
      if (c === '*') source += star;
      else if (c === '?') source += '.';
      else if (c === '[') source += bracket();
      else if (c === '\\' && at < characters.length) source += escapeLiteral(characters[at++] as string);
      else source += escapeLiteral(c);
    }
    return source;
  };

  const bracket = (): string => {
    const start = at;
    let negated = false;
    if (characters[at] === '!' || characters[at] === '^') {
      negated = true;
      at++;
    }
    let inside = '';
    let first = true;
    const member = (c: string) => c.replace(/[\\\]^[&~!#%*+,.:;<=>?@`|$(){}/'"-]/, '\\$&').replace(/\\([!#%,:;<=>@`'"&~])/, '$1');
    for (;;) {
      let c = characters[at];
      if (c === undefined) {
        at = start; // Not closed: an ordinary bracket.
        return '\\[';
      }
      if (c === ']' && !first) {
        at++;
        break;
      }
      first = false;
      if (c === '[' && (characters[at + 1] === ':' || characters[at + 1] === '.' || characters[at + 1] === '=')) {
        const kind = characters[at + 1] as string;
        let end = at + 2;
        while (end < characters.length && !(characters[end] === kind && characters[end + 1] === ']')) end++;
        if (end < characters.length) {
          const name = characters.slice(at + 2, end).join('');
          at = end + 2;
          inside += kind === ':' ? (characterClasses[name] ?? '') : member(name);
          continue;
        }
      }
      at++;
      if (c === '\\' && characters[at] !== undefined) c = characters[at++] as string;
      if (characters[at] === '-' && characters[at + 1] !== undefined && characters[at + 1] !== ']') {
        let upper = characters[at + 1] as string;
        at += 2;
        if (upper === '\\' && characters[at] !== undefined) upper = characters[at++] as string;
        if (c <= upper) inside += `${member(c)}-${member(upper)}`;
        continue;
      }
      inside += member(c);
    }
    if (inside === '') return negated ? '.' : '(?!)';
    return `[${negated ? '^' : ''}${inside}]`;
  };

  let source = '';
  while (at < characters.length) source += sequence(false);
  return source;
}

const cache = new Map<string, RegExp>();

/** Matches the whole of a text. */
export function patternRegExp(pattern: string, options: PatternOptions = {}): RegExp {
  const key = `${options.ignoreCase ? 'i' : ''}${options.extglob === false ? 'e' : ''}:${pattern}`;
  let found = cache.get(key);
  if (found === undefined) {
    found = safeRegExp(`^(?:${patternSource(pattern, options)})$`, `su${options.ignoreCase ? 'i' : ''}`) ?? /(?!)/;
    if (cache.size > 500) cache.clear();
    cache.set(key, found);
  }
  return found;
}

export function safeRegExp(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** Whether a pattern matches more than itself. */
export function hasMagic(pattern: string, extglob = true): boolean {
  return /(^|[^\\])(\\\\)*([*?]|\[.*\])/s.test(pattern) || (extglob && /(^|[^\\])(\\\\)*[+@!]\(/.test(pattern));
}

export const escapePattern = (text: string) => text.replace(/[\\*?[\]()|!@+^&-]/g, '\\$&');
const unescapePattern = (pattern: string) => pattern.replace(/\\(.)/gsu, '$1');

export interface DirectoryReader {
  /** Names of a directory's entries; undefined if it cannot be read. */
  list(path: string): readonly string[] | undefined;
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
}

export interface GlobOptions {
  readonly dotglob?: boolean;
  readonly globstar?: boolean;
  readonly nocase?: boolean;
  readonly extglob?: boolean;
}

/** Paths that match, sorted; empty if none does. */
export function expandPattern(pattern: string, reader: DirectoryReader, options: GlobOptions): string[] {
  const pieces = splitPath(pattern);
  let found: string[] = [''];
  let index = 0;
  if (pattern.startsWith('/')) {
    found = ['/'];
    while (pieces[index] === '') index++;
  }
  for (; index < pieces.length; index++) {
    const piece = pieces[index] as string;
    const last = index === pieces.length - 1;
    if (piece === '') {
      if (last) found = found.filter((path) => reader.isDirectory(path)).map((path) => (path.endsWith('/') ? path : `${path}/`));
      continue;
    }
    const join = (base: string, name: string) => (base === '' || base.endsWith('/') ? base + name : `${base}/${name}`);
    if (options.globstar && piece === '**') {
      const all: string[] = [];
      const walk = (base: string) => {
        all.push(base);
        for (const name of reader.list(base === '' ? '.' : base) ?? []) {
          if (name.startsWith('.')) continue;
          const path = join(base, name);
          if (reader.isDirectory(path)) walk(path);
          else if (last) all.push(path);
        }
      };
      for (const base of found) walk(base);
      found = all.filter((path) => path !== '');
      if (!last) found.unshift('');
      continue;
    }
    if (!hasMagic(piece, options.extglob)) {
      const name = unescapePattern(piece);
      found = found.map((base) => join(base, name)).filter((path) => reader.exists(path));
      continue;
    }
    const expression = patternRegExp(piece, { extglob: options.extglob ?? true, ignoreCase: options.nocase ?? false });
    const dots = piece.startsWith('.') || piece.startsWith('\\.') || options.dotglob;
    const next: string[] = [];
    for (const base of found) {
      const names = reader.list(base === '' ? '.' : base);
      if (names === undefined) continue;
      for (const name of names) if ((dots || !name.startsWith('.')) && expression.test(name)) next.push(join(base, name));
    }
    found = last ? next : next.filter((path) => reader.isDirectory(path));
  }
  return found.sort(compareText);
}

/** Slashes inside bracket expressions and groups do not separate, but those are not matched against names anyway. */
function splitPath(pattern: string): string[] {
  return pattern.split('/');
}

/** By code points, as the C locale sorts. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const highX = x >= 0xd800 && x <= 0xdfff;
      const highY = y >= 0xd800 && y <= 0xdfff;
      return highX === highY ? x - y : highX ? 1 : -1;
    }
  }
  return a.length - b.length;
}
