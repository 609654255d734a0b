/** Node's parser of `.env` files: `util.parseEnv`, `process.loadEnvFile`, `--env-file`. */
export function parseDotenv(text: string): Record<string, string> {
  const result: Record<string, string> = {};
  let rest = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').trim();
  while (rest !== '') {
    if (rest[0] === '\n' || rest[0] === '#') {
      const newline = rest.indexOf('\n');
      if (newline < 0) break;
      rest = rest.slice(newline + 1);
      continue;
    }
    const equals = rest.indexOf('=');
    const newline = rest.indexOf('\n');
    // A line without `=` is no assignment.
    if (equals < 0 || (newline >= 0 && newline < equals)) {
      if (newline < 0) break;
      rest = rest.slice(newline + 1).trimStart();
      continue;
    }
    let key = rest.slice(0, equals).trim();
    rest = rest.slice(equals + 1);
    if (key === '') {
      const next = rest.indexOf('\n');
      rest = next < 0 ? '' : rest.slice(next + 1);
      continue;
    }
    if (key.startsWith('export ')) key = key.slice(7).trim();
    if (rest === '' || rest[0] === '\n') {
      result[key] = '';
      rest = rest.slice(1);
      continue;
    }
    rest = rest.replace(/^[ \t\v\f]+/, '');
    if (rest === '') {
      result[key] = '';
      break;
    }
    const quote = rest[0]!;
    if (quote === '"' || quote === "'" || quote === '`') {
      const closing = rest.indexOf(quote, 1);
      if (closing >= 0) {
        const value = rest.slice(1, closing);
        result[key] = quote === '"' ? value.replaceAll('\\n', '\n') : value;
        const next = rest.indexOf('\n', closing + 1);
        rest = next < 0 ? '' : rest.slice(next + 1);
        continue;
      }
    }
    const end = rest.indexOf('\n');
    let value = end < 0 ? rest : rest.slice(0, end);
    if (quote !== '"' && quote !== "'" && quote !== '`') {
      const comment = value.indexOf('#');
      if (comment >= 0) value = value.slice(0, comment);
    }
    result[key] = value.trim();
    rest = end < 0 ? '' : rest.slice(end + 1).trimStart();
  }
  return result;
}
