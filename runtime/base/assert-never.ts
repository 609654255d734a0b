/** Ends a `switch` over a union: a forgotten case is a compile error, and a stray value an error that shows it. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected value ${JSON.stringify(value)}`);
}
