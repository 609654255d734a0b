/** Values of a document in words, as a console shows them. */

/** Of one argument. What is longer is cut: the page shows it to a reader. */
export const maxLength = 10_000;
export const maxDepth = 4;
export const maxItems = 100;

function quote(value: unknown, depth: number, seen: Set<object>): string {
  return typeof value === 'string' ? JSON.stringify(value) : describe(value, depth, seen);
}

function describeObject(value: object, depth: number, seen: Set<object>): string {
  if (value instanceof Error) return value.stack?.includes(value.message) === true ? value.stack : `${value.name}: ${value.message}`;
  if (value instanceof Element)
    return value.cloneNode(false) instanceof Element ? (value.cloneNode(false) as Element).outerHTML : value.localName;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (seen.has(value)) return '[Circular]';
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name ?? '';
  if (depth >= maxDepth) return Array.isArray(value) ? '[…]' : `${name === 'Object' ? '' : `${name} `}{…}`;
  seen.add(value);
  try {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      const items = [...(value as unknown[])].slice(0, maxItems).map((item) => quote(item, depth + 1, seen));
      const more = (value as unknown[]).length - items.length;
      return `${Array.isArray(value) ? '' : `${name} `}[${items.join(', ')}${more > 0 ? `, … ${more} more` : ''}]`;
    }
    if (value instanceof Map)
      return `Map {${[...value]
        .slice(0, maxItems)
        .map(([k, v]) => `${quote(k, depth + 1, seen)} => ${quote(v, depth + 1, seen)}`)
        .join(', ')}}`;
    if (value instanceof Set)
      return `Set {${[...value]
        .slice(0, maxItems)
        .map((item) => quote(item, depth + 1, seen))
        .join(', ')}}`;
    const rows = Object.entries(value)
      .slice(0, maxItems)
      .map(([key, item]) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${quote(item, depth + 1, seen)}`);
    return `${name === 'Object' || name === '' ? '' : `${name} `}{${rows.join(', ')}}`;
  } finally {
    seen.delete(value);
  }
}

/** In words, on one line unless it is an error. */
export function describe(value: unknown, depth = 0, seen = new Set<object>()): string {
  try {
    if (typeof value === 'function') return `[Function: ${value.name || '(anonymous)'}]`;
    if (typeof value === 'object' && value !== null) return describeObject(value, depth, seen);
    return typeof value === 'bigint' ? `${value}n` : String(value);
  } catch {
    return '[…]'; // A getter or a proxy that throws.
  }
}

/** With `%s` and its like filled in; the first ones of many. */
export function filledIn(args: readonly unknown[]): readonly unknown[] {
  let rest = args;
  if (typeof args[0] === 'string' && args[0].includes('%')) {
    let next = 1;
    const text = args[0].replace(/%([sdifoOcj%])/g, (all, kind: string) => {
      if (kind === '%') return '%';
      if (next >= args.length) return all;
      const value = args[next++];
      if (kind === 'c') return '';
      if (kind === 'd' || kind === 'i')
        return typeof value === 'symbol' ? 'NaN' : String(kind === 'i' ? parseInt(String(value), 10) : Math.trunc(Number(value)));
      if (kind === 'f') return String(parseFloat(String(value)));
      return kind === 's' ? describe(value) : quote(value, 0, new Set());
    });
    rest = [text, ...args.slice(next)];
  }
  return rest.slice(0, maxItems);
}
