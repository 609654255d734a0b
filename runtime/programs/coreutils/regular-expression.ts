/** POSIX basic and extended regular expressions, with GNU's additions, as JavaScript's. */
import { characterClasses } from '../../base/character-classes.ts';

/** What a malformed expression is told with, as regcomp(3) words it. */
export class RegularExpressionError extends Error {}

/** The source for the flags `u` (and `s` where `.` may match a newline). */
export function translateRegularExpression(pattern: string, extended: boolean): string {
  const characters = [...pattern];
  let out = '';
  let depth = 0;
  /** Whether a repetition may follow, and what a star is at the start of a basic expression. */
  let atom = false;
  let groups = 0;
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] as string;
    const next = characters[i + 1];
    const operator = c === '\\' ? (extended ? undefined : next) : extended ? c : undefined;
    const special = operator !== undefined && '(){}|+?'.includes(operator) ? operator : undefined;
    if (special !== undefined) {
      if (c === '\\') i++;
      if (special === '(') {
        out += '(';
        depth++;
        groups++;
        atom = false;
      } else if (special === ')') {
        if (depth === 0) {
          if (!extended) throw new RegularExpressionError('Unmatched ) or \\)');
          out += '\\)';
        } else {
          depth--;
          out += ')';
        }
        atom = true;
      } else if (special === '|') {
        out += '|';
        atom = false;
      } else if (special === '{') {
        const rest = characters.slice(i + 1).join('');
        const match = (extended ? /^(\d*)(,?)(\d*)\}/ : /^(\d*)(,?)(\d*)\\\}/).exec(rest);
        if (match === null || (match[1] === '' && match[2] === '')) {
          if (!extended) throw new RegularExpressionError(rest === '' ? 'Unmatched \\{' : 'Invalid content of \\{\\}');
          out += '\\{';
          atom = true;
        } else {
          out += `{${match[1] || '0'}${match[2]}${match[3]}}`;
          i += match[0].length;
        }
      } else if (special === '}') {
        out += '\\}';
        atom = true;
      } else if (atom) out += special;
      else out += `\\${special}`;
      continue;
    }
    if (c === '\\') {
      i++;
      if (next === undefined) throw new RegularExpressionError('Trailing backslash');
      if (/[1-9]/.test(next)) {
        if (Number(next) > groups) throw new RegularExpressionError('Invalid back reference');
        out += `(?:\\${next})`;
      } else if (next === '<') out += '\\b(?=\\w)';
      else if (next === '>') out += '\\b(?<=\\w)';
      else if (next === '`') out += '(?<![\\s\\S])';
      else if (next === "'") out += '(?![\\s\\S])';
      else if ('bBwWsS'.includes(next)) out += `\\${next}`;
      else if (next === 'n') out += '\\n';
      else if (next === 't') out += '\\t';
      else out += /[\\^$.*+?()[\]{}|/]/.test(next) ? `\\${next}` : next;
      atom = true;
      continue;
    }
    if (c === '[') {
      const [source, length] = bracket(characters, i);
      out += source;
      i += length - 1;
      atom = true;
    } else if (c === '*') {
      if (!atom) {
        out += extended ? '' : '\\*';
        atom = !extended;
      } else if (/[*+?]$/.test(out) && !/\\[*+?]$/.test(out)) continue;
      else out += '*';
    } else if (c === '^') {
      const anchor = extended || out === '' || out.endsWith('(') || out.endsWith('|');
      out += anchor ? '^' : '\\^';
      atom = !anchor;
    } else if (c === '$') {
      const anchor = extended || next === undefined || (next === '\\' && (characters[i + 2] === ')' || characters[i + 2] === '|'));
      out += anchor ? '$' : '\\$';
      atom = true;
    } else if (c === '.') {
      out += '.';
      atom = true;
    } else {
      out += /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
      atom = true;
    }
  }
  if (depth > 0) throw new RegularExpressionError(extended ? 'Unmatched ( or \\(' : 'Unmatched ( or \\(');
  return out;
}

function bracket(characters: readonly string[], start: number): [string, number] {
  let at = start + 1;
  let inside = '';
  const negated = characters[at] === '^';
  if (negated) at++;
  const first = at;
  const escape = (c: string) => (/[\\\]^[-]/.test(c) ? `\\${c}` : c);
  for (;;) {
    const c = characters[at];
    if (c === undefined) throw new RegularExpressionError('Unmatched [, [^, [:, [., or [=');
    if (c === ']' && at > first) break;
    if (c === '[' && (characters[at + 1] === ':' || characters[at + 1] === '.' || characters[at + 1] === '=')) {
      const kind = characters[at + 1] as string;
      const end = characters.findIndex((other, i) => i > at + 1 && other === kind && characters[i + 1] === ']');
      if (end < 0) throw new RegularExpressionError('Unmatched [, [^, [:, [., or [=');
      const name = characters.slice(at + 2, end).join('');
      if (kind === ':' && characterClasses[name] === undefined) throw new RegularExpressionError('Invalid character class name');
      inside += kind === ':' ? (characterClasses[name] as string) : escape(name);
      at = end + 2;
      continue;
    }
    if (characters[at + 1] === '-' && characters[at + 2] !== undefined && characters[at + 2] !== ']') {
      const last = characters[at + 2] as string;
      if (last < c) throw new RegularExpressionError('Invalid range end');
      inside += `${escape(c)}-${escape(last)}`;
      at += 3;
      continue;
    }
    inside += escape(c);
    at++;
  }
  return [`[${negated ? '^' : ''}${inside}]`, at + 1 - start];
}
