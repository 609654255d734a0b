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

interface Raise {
  readonly to: number;
  readonly from: number;
}

let raise: Raise | undefined;
let most = 0;

/** `Error.stackTraceLimit` as the program has set it. */
function programLimit(): unknown {
  const { stackTraceLimit } = Error as { stackTraceLimit?: unknown };
  return raise !== undefined && stackTraceLimit === raise.to ? raise.from : stackTraceLimit;
}

/**
 * On V8, for what calls the program with frames of ours between its own: stacks have so many more frames until the function that is
 * given is called. A program that looks at `Error.stackTraceLimit` meanwhile sees that.
 */
export function raiseLimit(frames: number): () => void {
  const Errors = Error as { stackTraceLimit?: unknown };
  const { stackTraceLimit } = Errors;
  if (typeof stackTraceLimit !== 'number' || !(stackTraceLimit >= 1) || !Object.isExtensible(Error)) return () => undefined;
  const before = raise;
  const from = programLimit() as number;
  const to = stackTraceLimit + frames;
  raise = { to, from };
  most = Math.max(most, to - from);
  Errors.stackTraceLimit = to;
  return () => {
    if (Errors.stackTraceLimit === to) Errors.stackTraceLimit = stackTraceLimit;
    raise = before;
  };
}

/** How many frames a stack is to have of which V8 gives so many, frames of ours among them. */
export function framesOfCaptured(count: number): number {
  const limit = programLimit();
  return typeof limit === 'number' && count > limit && count <= limit + most ? Math.max(0, Math.trunc(limit)) : Infinity;
}

/** Makes an error; no code of the program may run in `make`. */
export function withWholeStack<E extends object>(make: () => E): E {
  const Errors = Error as { stackTraceLimit?: unknown };
  const { stackTraceLimit: limit } = Errors;
  if (typeof limit !== 'number' || !Object.isExtensible(Error)) return make();
  const shown = Math.max(0, Math.trunc(programLimit() as number));
  Errors.stackTraceLimit = limit + reserve;
  try {
    const error = make();
    limits.set(error, shown);
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
  const shown = Math.max(0, Math.trunc(programLimit() as number));
  Errors.stackTraceLimit = limit + reserve;
  try {
    return make();
  } catch (error) {
    if (typeof error === 'object' && error !== null) limits.set(error, shown);
    throw error;
  } finally {
    Errors.stackTraceLimit = limit;
  }
}

/** How many frames `error` was to have, if it was made with more. */
export function framesOf(error: unknown): number {
  return typeof error === 'object' && error !== null ? (limits.get(error) ?? Infinity) : Infinity;
}
