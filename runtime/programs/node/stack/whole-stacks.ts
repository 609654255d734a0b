/**
 * V8 counts every frame against `Error.stackTraceLimit`, ours too, which are then left out. Errors that a binding makes are made
 * under a higher limit, and cut to what the program asked for when their stack becomes text.
 */
const reserve = 12;
const limits = new WeakMap<object, number>();

/** Runs `f` with so many frames for each stack. */
export function withLimit<T>(frames: number, f: () => T): T {
  const Errors = Error as { stackTraceLimit?: unknown };
  const { stackTraceLimit } = Errors;
  if (typeof stackTraceLimit !== 'number' || !Object.isExtensible(Error)) return f();
  Errors.stackTraceLimit = frames;
  try {
    return f();
  } finally {
    Errors.stackTraceLimit = stackTraceLimit;
  }
}

/** Makes an error; no code of the program may run in `make`. */
export function withWholeStack<E extends object>(make: () => E): E {
  const Errors = Error as { stackTraceLimit?: unknown };
  const { stackTraceLimit: limit } = Errors;
  if (typeof limit !== 'number' || !Object.isExtensible(Error)) return make();
  Errors.stackTraceLimit = limit + reserve;
  try {
    const error = make();
    limits.set(error, Math.max(0, Math.trunc(limit)));
    return error;
  } finally {
    Errors.stackTraceLimit = limit;
  }
}

/** As {@link withWholeStack}, for what `make` throws. */
export function throwingWhole<T>(make: () => T): T {
  const Errors = Error as { stackTraceLimit?: unknown };
  const { stackTraceLimit: limit } = Errors;
  if (typeof limit !== 'number' || !Object.isExtensible(Error)) return make();
  Errors.stackTraceLimit = limit + reserve;
  try {
    return make();
  } catch (error) {
    if (typeof error === 'object' && error !== null) limits.set(error, Math.max(0, Math.trunc(limit)));
    throw error;
  } finally {
    Errors.stackTraceLimit = limit;
  }
}

/** How many frames `error` was to have, if it was made with more. */
export function framesOf(error: unknown): number {
  return typeof error === 'object' && error !== null ? (limits.get(error) ?? Infinity) : Infinity;
}
