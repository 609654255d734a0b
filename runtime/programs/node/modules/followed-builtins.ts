/** Builtins whose async functions stacks tell of in engines other than V8, as they do of a program's (`async-frames.ts`). */

/** All of them belong to the second layer, as what is inserted into them does. */
export const isFollowed = (id: string): boolean => /^internal\/(?:fs\/(?:promises|dir|cp\/cp)|test_runner\/(?:test|harness))$/.test(id);
