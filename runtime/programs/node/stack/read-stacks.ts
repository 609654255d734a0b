/** Errors whose stack was made into text: V8 forgets then where they were thrown. */
const read = new WeakSet<object>();

export function noteStackRead(error: unknown): void {
  if (typeof error === 'object' && error !== null) read.add(error);
}

export function wasStackRead(error: unknown): boolean {
  return typeof error === 'object' && error !== null && read.has(error);
}
