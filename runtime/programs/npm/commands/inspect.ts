/** Values as `util.inspect` prints them, as far as packages' metadata have them: objects, lists, texts, numbers. */

const quote = (text: string) => {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') ? '`' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
  return `${mark}${mark === "'" ? escaped.replaceAll("'", "\\'") : escaped}${mark}`;
};

/** Of a list of short entries: in columns, as Node groups more than six. */
function inColumns(entries: readonly string[]): string[] {
  const lengths = entries.map((entry) => entry.length + 2);
  const longest = Math.max(...lengths);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (longest * 3 + 2 >= 80 || !(total / longest > 5 || longest <= 6 + 2)) return [...entries];
  const averageBias = Math.sqrt(longest - total / entries.length);
  const biased = Math.max(longest - 3 - averageBias, 1);
  const columns = Math.min(Math.round(Math.sqrt(2.5 * biased * entries.length) / biased), Math.floor((80 - 0) / longest), 3 * 4, 15);
  if (columns <= 1) return [...entries];
  const widths: number[] = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < entries.length; i += columns) width = Math.max(width, lengths[i] ?? 0);
    widths.push(width);
  }
  const rows: string[] = [];
  for (let i = 0; i < entries.length; i += columns) {
    const end = Math.min(i + columns, entries.length);
    let row = '';
    for (let j = i; j < end - 1; j++) row += `${entries[j]}, `.padEnd(widths[j - i] ?? 0);
    row += entries[end - 1] ?? '';
    rows.push(row);
  }
  return rows;
}

export function inspect(value: unknown, depth = 5, indent = 0): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value as number);
  const isList = Array.isArray(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return isList ? '[]' : '{}';
  if (depth < 0) return isList ? '[Array]' : '[Object]';
  const key = (name: string) => (/^[a-zA-Z_$][\w$]*$/.test(name) ? name : quote(name));
  let entries = isList
    ? (value as unknown[]).map((one) => inspect(one, depth - 1, indent + 2))
    : keys.map((name) => `${key(name)}: ${inspect((value as Record<string, unknown>)[name], depth - 1, indent + 2)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  let grouped = false;
  if (isList && entries.length > 6 && entries.every((entry) => !entry.includes('\n'))) {
    const rows = inColumns(entries);
    grouped = rows.length !== entries.length;
    entries = rows;
  }
  const isFlat = entries.every((entry) => !entry.includes('\n')) && nesting(value) <= 3;
  if (isFlat && !grouped) {
    const length = entries.reduce((sum, entry) => sum + entry.length, entries.length) + entries.length;
    if (length + indent <= 76 && (entries.length <= 6 || !isList)) {
      const line = `${open} ${entries.join(', ')} ${close}`;
      if (line.length + indent <= 80) return line;
    }
  }
  const space = ' '.repeat(indent);
  return `${open}\n${entries.map((entry) => `${space}  ${entry}`).join(',\n')}\n${space}${close}`;
}

function nesting(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(nesting));
}
