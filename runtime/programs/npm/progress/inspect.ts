/** Plain data as `util.inspect` prints it: objects, lists, texts, numbers. */
import { colors, type Colors } from './colors.ts';

export interface InspectOptions {
  /** How deep objects are shown. Default 2. */
  readonly depth?: number;
  /** How many entries of a list are shown. Default 100. */
  readonly maxEntries?: number;
  /** Default: none. */
  readonly paint?: Colors;
}

const breakLength = 80;
/** How many levels may share a line. */
const compact = 3;
const separator = 2;

interface State {
  readonly depth: number;
  readonly maxEntries: number;
  readonly paint: Colors;
  indent: number;
  /** Of the object that was entered last. */
  level: number;
}

const isName = (key: string) => /^[a-zA-Z_$][\w$]*$/.test(key);

function quoted(text: string): string {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') && !text.includes('${') ? '`' : "'";
  const escaped = text.replace(/[\x00-\x1f\x7f-\x9f\\']/g, (character) => {
    if (character === "'") return mark === "'" ? "\\'" : character;
    const known = { '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b', '\f': '\\f', '\v': '\\v' }[character];
    return known ?? `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `${mark}${escaped}${mark}`;
}

/** A text of several lines has a line for each, where it is long. */
function textOf(text: string, { indent, paint }: State): string {
  if (text.length <= 16 || text.length <= breakLength - indent - 4) return paint.green(quoted(text));
  return text
    .split(/(?<=\n)/)
    .map((line) => paint.green(quoted(line)))
    .join(` +\n${' '.repeat(indent + 2)}`);
}

/** A list of more than six short entries in columns. */
function inColumns(entries: readonly string[], values: readonly unknown[], { indent, maxEntries }: State): readonly string[] {
  const count = values.length > maxEntries ? entries.length - 1 : entries.length;
  const lengths = entries.slice(0, count).map(shownLength);
  const total = lengths.reduce((sum, length) => sum + length + separator, 0);
  const longest = Math.max(...lengths);
  const widest = longest + separator;
  if (widest * 3 + indent >= breakLength || (total / widest <= 5 && longest > 6)) return entries;
  const bias = Math.sqrt(widest - total / entries.length);
  const biased = Math.max(widest - 3 - bias, 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * biased * count) / biased),
    Math.floor((breakLength - indent) / widest),
    compact * 4,
    15,
  );
  if (columns <= 1) return entries;
  const widths = Array.from({ length: columns }, (_, column) => {
    let width = 0;
    for (let i = column; i < count; i += columns) width = Math.max(width, lengths[i] ?? 0);
    return width + separator;
  });
  const right = values.slice(0, entries.length).every((value) => typeof value === 'number');
  const rows: string[] = [];
  for (let i = 0; i < count; i += columns) {
    const end = Math.min(i + columns, count);
    let row = '';
    for (let j = i; j < end; j++) {
      const width = widths[j - i] ?? 0;
      const isLast = j === end - 1;
      const entry = isLast ? (entries[j] ?? '') : `${entries[j]}, `;
      const unseen = entry.length - shownLength(entry);
      row += right ? entry.padStart((isLast ? width - separator : width) + unseen) : isLast ? entry : entry.padEnd(width + unseen);
    }
    rows.push(row);
  }
  return count < entries.length ? [...rows, entries[count] as string] : rows;
}

/** Without its colours. */
function shownLength(text: string): number {
  return text.replace(/\x1b\[\d+m/g, '').length;
}

function valueOf(value: unknown, state: State, level: number): string {
  const { paint } = state;
  if (typeof value === 'string') return textOf(value, state);
  if (value === null) return paint.bold('null');
  if (typeof value !== 'object')
    return (value === undefined ? paint.gray : paint.yellow)(Object.is(value, -0) ? '-0' : String(value as number));
  const list = Array.isArray(value) ? (value as readonly unknown[]) : undefined;
  const fields = Object.entries(value);
  const [open, close] = list === undefined ? ['{', '}'] : ['[', ']'];
  if (fields.length === 0) return `${open}${close}`;
  if (level > state.depth) return paint.cyan(list === undefined ? '[Object]' : '[Array]');
  state.level = level + 1;
  const inner = (one: unknown) => {
    state.indent += 2;
    const text = valueOf(one, state, level + 1);
    state.indent -= 2;
    return text;
  };
  let entries: readonly string[];
  if (list === undefined) entries = fields.map(([key, one]) => `${isName(key) ? key : paint.green(quoted(key))}: ${inner(one)}`);
  else {
    const more = list.length - state.maxEntries;
    entries = list.slice(0, state.maxEntries).map(inner);
    if (more > 0) entries = [...entries, `... ${more} more item${more === 1 ? '' : 's'}`];
  }
  const count = entries.length;
  if (list !== undefined && count > 6) entries = inColumns(entries, list, state);
  if (state.level - (level + 1) < compact && entries.length === count) {
    const length = entries.reduce((sum, entry) => sum + shownLength(entry), 2 * count + state.indent + open.length + 10);
    if (length <= breakLength && !entries.some((entry) => entry.includes('\n'))) return `${open} ${entries.join(', ')} ${close}`;
  }
  const line = `\n${' '.repeat(state.indent)}`;
  return `${open}${line}  ${entries.join(`,${line}  `)}${line}${close}`;
}

export function inspect(value: unknown, { depth = 2, maxEntries = 100, paint = colors(false) }: InspectOptions = {}): string {
  return valueOf(value, { depth, maxEntries, paint, indent: 0, level: 0 }, 0);
}
