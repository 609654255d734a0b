/** Functions that a program makes of strings by `Function`, for engines that do not tell where: by the names that their scripts are given. */
const mostKept = 1000;

export interface MadeFunction {
  /** Its `stack` is of where it was made. */
  readonly at: { readonly stack?: unknown };
  /** Parameters, then the body. */
  readonly texts: readonly string[];
}

const made = new Map<string, MadeFunction>();
let count = 0;

/** Remembers the last ones. Gives the name of the script. */
export function noteMade(at: MadeFunction['at'], texts: readonly string[]): string {
  const name = `$bvf${(count += 1)}`;
  made.set(name, { at, texts });
  made.delete(`$bvf${count - mostKept}`);
  return name;
}

export const madeFunction = (script: string): MadeFunction | undefined => made.get(script);
