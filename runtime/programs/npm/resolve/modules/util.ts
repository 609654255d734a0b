/** `node:util` for npm's code. */
export const inspect = { custom: Symbol.for('nodejs.util.inspect.custom') };

/** Only debug lines use it, which nobody reads. */
export function format(...parts: readonly unknown[]): string {
  return parts.map(String).join(' ');
}
