/** What a console was given, with its parts: the page shows it as a tree. */
import type { WireValue } from '../../../../runtime/wires/preview-wire.ts';
import { describe, filledIn, maxDepth, maxItems, maxLength } from './describe-value.ts';

/** Of one call: whatever it is given, there is an end to what is sent. */
const maxValues = 1000;
/** Of the name of a part. */
const maxName = 200;

/** The parts of what has parts that a reader may want to see. */
function* partsOf(value: object): Generator<readonly [name: string, value: unknown]> {
  if (value instanceof Map) {
    for (const [key, item] of value) yield [typeof key === 'string' ? key : describe(key, maxDepth), item];
  } else if (value instanceof Set) {
    let at = 0;
    for (const item of value) yield [String(at++), item];
  } else {
    for (const name of Object.keys(value)) yield [name, Reflect.get(value, name)];
  }
}

function hasParts(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return !(value instanceof Error || value instanceof Element || value instanceof Date || value instanceof RegExp);
}

class Copy {
  #left = maxValues;
  readonly #around = new Set<object>();

  of(value: unknown, depth: number): WireValue {
    this.#left -= 1;
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
    if (typeof value === 'string') return cut(value, maxLength);
    const text = cut(describe(value, maxDepth - 1, new Set(this.#around)), maxLength);
    if (!hasParts(value) || depth >= maxDepth || this.#around.has(value)) return { text };
    this.#around.add(value);
    try {
      const parts: (readonly [string, WireValue])[] = [];
      let more = 0;
      for (const [name, part] of partsOf(value)) {
        if (parts.length >= maxItems || this.#left <= 0) more += 1;
        else parts.push([cut(name, maxName), this.of(part, depth + 1)]);
        if (more >= 100_000) break;
      }
      return parts.length === 0 && more === 0 ? { text } : { text, parts, more };
    } catch {
      return { text }; // A getter or a proxy that throws.
    } finally {
      this.#around.delete(value);
    }
  }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Undefined where none of them has parts: then all is in their texts. */
export function consoleValues(args: readonly unknown[]): WireValue[] | undefined {
  const filled = filledIn(args);
  if (!filled.some(hasParts)) return undefined;
  const copy = new Copy();
  return filled.map((value) => copy.of(value, 0));
}
