/** `.npmrc` files, as the package `ini` reads them. It writes them, too, but only `npm config set` needs that. */

type Fields = Record<string, unknown>;

/** A key or a value without quotes, escapes and a comment behind it. */
function plain(text: string): unknown {
  const trimmed = text.trim();
  const quoted = /^(["'])(.*)\1$/s.exec(trimmed);
  if (quoted !== null && trimmed.length > 1) {
    // Single quotes may hold JSON; double quotes are JSON.
    const inner = quoted[1] === "'" ? (quoted[2] as string) : trimmed;
    try {
      return JSON.parse(inner) as unknown;
    } catch {
      return inner;
    }
  }
  const cut = /^(?:\\.|[^;#\\]|\\$)*/s.exec(trimmed)?.[0] ?? '';
  return cut.replace(/\\([\\;#])/g, '$1').trim();
}

export function readIni(text: string): Fields {
  const all: Fields = Object.create(null) as Fields;
  let at = all;
  for (const line of text.split(/[\r\n]+/)) {
    if (/^\s*(?:[;#]|$)/.test(line)) continue;
    const match = /^\[([^\]]*)\]\s*$|^([^=]+)(=(.*))?$/.exec(line);
    if (match === null) continue;
    if (match[1] !== undefined) {
      const section = String(plain(match[1]));
      at = section === '__proto__' ? (Object.create(null) as Fields) : ((all[section] ??= Object.create(null)) as Fields);
      continue;
    }
    const raw = String(plain(match[2] ?? ''));
    const isList = raw.length > 2 && raw.endsWith('[]');
    const key = isList ? raw.slice(0, -2) : raw;
    if (key === '__proto__') continue;
    const value = match[3] === undefined ? true : plain(match[4] ?? '');
    const read = value === 'true' || value === 'false' || value === 'null' ? (JSON.parse(value) as unknown) : value;
    const known = at[key];
    if (Array.isArray(known)) known.push(read);
    else at[key] = isList ? [...(key in at ? [known] : []), read] : read;
  }
  return all;
}
