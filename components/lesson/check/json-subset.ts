/** JSON that holds what an author wants, and more. */

export interface JsonDifference {
  /** Such as `scripts.start` or `[0].name`; empty for the whole. */
  readonly path: string;
  /** As JSON; undefined if there is nothing. */
  readonly found: string | undefined;
  readonly wanted: string;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first place where `found` lacks something of `wanted`: objects may hold more, lists may not. */
export function jsonDifference(found: unknown, wanted: unknown, path = ''): JsonDifference | undefined {
  const differs = { path, found: JSON.stringify(found) as string | undefined, wanted: JSON.stringify(wanted) };
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return differs;
    for (const [index, value] of wanted.entries()) {
      const inside = jsonDifference(found[index], value, `${path}[${index}]`);
      if (inside !== undefined) return inside;
    }
    return undefined;
  }
  if (!isObject(wanted)) return Object.is(found, wanted) ? undefined : differs;
  if (!isObject(found)) return differs;
  for (const [name, value] of Object.entries(wanted)) {
    const inside = jsonDifference(Object.hasOwn(found, name) ? found[name] : undefined, value, path === '' ? name : `${path}.${name}`);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
