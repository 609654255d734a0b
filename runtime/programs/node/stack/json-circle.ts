/** What V8 says of a value that holds itself, of which JSON cannot be made. */

interface Step {
  readonly key: string;
  readonly isIndex: boolean;
  readonly value: object;
}

function constructorName(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'Object';
}

/** The way from an object to itself, in the order of the properties: the object, then each step. */
function circleOf(value: object, above: readonly Step[]): readonly Step[] | undefined {
  const begins = above.findIndex((step) => step.value === value);
  if (begins >= 0 && begins < above.length - 1) return above.slice(begins);
  const isArray = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const inner: unknown = (value as Record<string, unknown>)[key];
    if (typeof inner !== 'object' || inner === null || typeof (inner as { toJSON?: unknown }).toJSON === 'function') continue;
    const found = circleOf(inner, [...above, { key, isIndex: isArray, value: inner }]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined where no circle is to be seen: what `toJSON()` or a replacer gives may hold one. */
export function circleMessage(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const circle = circleOf(value, [{ key: '', isIndex: false, value }]);
  if (circle === undefined) return undefined;
  const [first, ...steps] = circle;
  const last = steps.at(-1)!;
  const named = ({ key, isIndex }: Step): string => (isIndex ? `index ${key}` : `property '${key}'`);
  const inner = steps.slice(0, -1).map((step) => `    |     ${named(step)} -> object with constructor '${constructorName(step.value)}'`);
  const shown = inner.length > 3 ? [...inner.slice(0, 2), '    |     ...', inner.at(-1)!] : inner;
  return [
    'Converting circular structure to JSON',
    `    --> starting at object with constructor '${constructorName(first!.value)}'`,
    ...shown,
    `    --- ${named(last)} closes the circle`,
  ].join('\n');
}
