/** Plain data as Node's `util.inspect` shows it, for what npm prints that way. */

/** A line longer than this is broken up, Node's `breakLength`. */
const maxLine = 80;
/** Levels of nesting that go on one line, Node's `compact`. */
const maxNesting = 3;

export function inspect(value: unknown, depth = 0): string {
  return inspected(value, depth).text;
}

function inspected(value: unknown, depth: number): { readonly text: string; readonly levels: number } {
  if (typeof value === 'string') return { text: quoted(value), levels: 0 };
  if (typeof value !== 'object' || value === null) return { text: String(value), levels: 0 };
  const isArray = Array.isArray(value);
  const [open, close] = isArray ? ['[', ']'] : ['{', '}'];
  const entries = Object.entries(value).map(([key, item]) => ({ key, ...inspected(item, depth + 1) }));
  if (entries.length === 0) return { text: open + close, levels: 1 };
  const levels = 1 + Math.max(...entries.map((entry) => entry.levels));
  const items = entries.map(({ key, text }) => (isArray ? text : `${/^[A-Za-z_]\w*$/.test(key) ? key : quoted(key)}: ${text}`));
  const length = items.reduce((sum, item) => sum + item.length, items.length + open.length + 10);
  const fits = length + items.length <= maxLine && levels <= maxNesting && !items.some((item) => item.includes('\n'));
  const indent = '  '.repeat(depth);
  return {
    text: fits ? `${open} ${items.join(', ')} ${close}` : `${open}\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}${close}`,
    levels,
  };
}

/** With the quotes that need the fewest escapes, as Node chooses them. */
function quoted(text: string): string {
  const quote = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') && !text.includes('${') ? '`' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}
