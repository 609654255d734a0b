/** The patterns of workspaces: `*`, `**`, `?`, `[a-z]`, `{a,b}`. What packing a package needs beyond that has npm's own matcher. */

/** `a{b,c}d` as `abd` and `acd`. */
export function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{');
  if (open < 0) return [pattern];
  let depth = 0;
  let from = open + 1;
  const parts: string[] = [];
  for (let at = open; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '{') depth++;
    else if (character === ',' && depth === 1) {
      parts.push(pattern.slice(from, at));
      from = at + 1;
    } else if (character === '}' && --depth === 0) {
      parts.push(pattern.slice(from, at));
      if (parts.length === 1) break;
      const [before, after] = [pattern.slice(0, open), pattern.slice(at + 1)];
      return parts.flatMap((part) => expandBraces(before + part + after));
    }
  }
  // No alternatives: the braces are meant as they are.
  return expandBraces(pattern.slice(open + 1)).map((rest) => pattern.slice(0, open + 1) + rest);
}

export const hasMagic = (part: string) => /[*?[\]]/.test(part);

/** One name against one part of a pattern. A leading dot must be named. */
export function matchesPart(name: string, part: string): boolean {
  if (name.startsWith('.') && !part.startsWith('.')) return false;
  const source = part.replace(
    /\*+|\?|\[(!|\^)?([^\]]+)\]|[\\^$.|+(){}[\]]/g,
    (token: string, negated: string | undefined, set: string | undefined) => {
      if (token.startsWith('*')) return '[^/]*';
      if (token === '?') return '[^/]';
      if (set !== undefined) return `[${negated === undefined ? '' : '^'}${set.replace(/[\\\]]/g, '\\$&')}]`;
      return `\\${token}`;
    },
  );
  return new RegExp(`^(?:${source})$`).test(name);
}

/** A relative path against a pattern, part by part. */
export function matchesPath(path: string, pattern: string): boolean {
  const match = (names: readonly string[], parts: readonly string[]): boolean => {
    const [part, ...rest] = parts;
    if (part === undefined) return names.length === 0;
    if (part === '**') {
      // At the end: whatever is below.
      if (rest.length === 0) return names.length > 0 && names.every((name) => !name.startsWith('.'));
      for (let i = 0; i <= names.length; i++) {
        if (match(names.slice(i), rest)) return true;
        if (names[i]?.startsWith('.') === true) return false;
      }
      return false;
    }
    const [name, ...others] = names;
    return name !== undefined && matchesPart(name, part) && match(others, rest);
  };
  return expandBraces(pattern).some((one) => match(path.split('/'), one.split('/')));
}
