/** Where errors are that no stack tells: in a text that was parsed. Shown if they end the program as they were made. */
const arrows = new WeakMap<object, { readonly arrow: () => string | undefined; readonly message: string }>();

export function tellArrow(error: Error, arrow: () => string | undefined, message = error.message): void {
  arrows.set(error, { arrow, message });
}

/** Undefined for an error that someone has caught and changed, and has then thrown elsewhere. */
export function toldArrow(error: object): string | undefined {
  const told = arrows.get(error);
  const { message } = error as { message?: unknown };
  // The library says of which file before.
  return told !== undefined && typeof message === 'string' && message.endsWith(told.message) ? told.arrow() : undefined;
}
