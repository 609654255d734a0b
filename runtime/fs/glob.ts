/**
 * Matches relative paths against globs: `*`, `?`, `[…]`, `{a,b}`, and `**` for any number of folders. A glob without a slash
 * matches a name at any depth. No backtracking over more than one `**` step at a time, so no pattern takes long.
 */
export function matcherOf(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.flatMap(expandBraces).map((glob) => {
    const parts = glob
      .replace(/^\.?\//, '')
      .replace(/\/$/, '')
      .split('/');
    return (parts.length === 1 && parts[0] !== '**' ? ['**', ...parts] : parts).map((part) => (part === '**' ? null : nameMatcher(part)));
  });
  return (path) => {
    const names = path.split('/');
    return patterns.some((pattern) => matches(pattern, names));
  };
}

function matches(pattern: readonly (((name: string) => boolean) | null)[], names: readonly string[]): boolean {
  // Rows of the usual table: reachable[j] says that the pattern so far matches the first j names.
  let reachable = new Array<boolean>(names.length + 1).fill(false);
  reachable[0] = true;
  for (const part of pattern) {
    const next = new Array<boolean>(names.length + 1).fill(false);
    if (part === null) {
      let seen = false;
      for (let j = 0; j <= names.length; j++) next[j] = seen = seen || reachable[j] === true;
    } else for (let j = 0; j < names.length; j++) next[j + 1] = reachable[j] === true && part(names[j] as string);
    reachable = next;
  }
  return reachable[names.length] === true;
}

function nameMatcher(glob: string): (name: string) => boolean {
  const tokens: (string | ((character: string) => boolean) | null)[] = [];
  for (let i = 0; i < glob.length; i++) {
    const character = glob[i] as string;
    if (character === '*') tokens.push(null);
    else if (character === '?') tokens.push(() => true);
    else if (character === '[' && glob.indexOf(']', i + 2) > 0) {
      const end = glob.indexOf(']', i + 2);
      tokens.push(characterClass(glob.slice(i + 1, end)));
      i = end;
    } else if (character === '\\' && i + 1 < glob.length) tokens.push(glob[++i] as string);
    else tokens.push(character);
  }
  return (name) => {
    // Greedy with one point to fall back to: the last star.
    let at = 0;
    let token = 0;
    let star = -1;
    let starAt = 0;
    while (at < name.length) {
      const now = tokens[token];
      if (token < tokens.length && now === null) {
        star = token++;
        starAt = at;
      } else if (token < tokens.length && (typeof now === 'function' ? now(name[at] as string) : now === name[at])) {
        token++;
        at++;
      } else if (star >= 0) {
        token = star + 1;
        at = ++starAt;
      } else return false;
    }
    while (token < tokens.length && tokens[token] === null) token++;
    return token === tokens.length;
  };
}

function characterClass(source: string): (character: string) => boolean {
  const negated = source[0] === '!' || source[0] === '^';
  const body = negated ? source.slice(1) : source;
  return (character) => {
    let found = false;
    for (let i = 0; i < body.length; i++) {
      if (body[i + 1] === '-' && i + 2 < body.length) {
        if (character >= (body[i] as string) && character <= (body[i + 2] as string)) found = true;
        i += 2;
      } else if (body[i] === character) found = true;
    }
    return found !== negated;
  };
}

/** One level of braces after the other, at most 256 globs of one. */
function expandBraces(glob: string): string[] {
  let globs = [glob];
  for (;;) {
    const next = globs.flatMap((one) => {
      const match = /\{([^{}]*,[^{}]*)\}/.exec(one);
      if (match === null) return [one];
      return (match[1] as string).split(',').map((choice) => one.slice(0, match.index) + choice + one.slice(match.index + match[0].length));
    });
    if (next.length === globs.length || next.length > 256) return globs;
    globs = next;
  }
}
