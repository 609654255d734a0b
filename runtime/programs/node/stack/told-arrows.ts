/** Where errors are that no stack tells: in a text that was parsed. Shown if they end the program as they were made. */
const arrows = new WeakMap<object, { readonly arrow: () => string | undefined; readonly message: string }>();

export function tellArrow(error: Error, arrow: () => string | undefined, message = error.message): void {
  arrows.set(error, { arrow, message });
}

/**
 * Undefined for an error that someone has caught and changed, and has then thrown elsewhere.
 *
 * @param asMade It was not thrown again: the library may say of which file it is before what the error said.
 */
export function toldArrow(error: object, asMade: boolean): string | undefined {
  const told = arrows.get(error);
  const { message } = error as { message?: unknown };
  if (told === undefined || typeof message !== 'string') return undefined;
  return (asMade ? message.endsWith(told.message) : message === told.message) ? told.arrow() : undefined;
}
