import type { CallSite } from './call-site.ts';

/** Where errors were made in the code that runs, whatever their stacks say: source maps or the program itself made those. */
const places = new WeakMap<object, CallSite>();

/** To be called with what an error's stack is made of, where that is not V8's own text. */
export function noteMadeAt(error: unknown, sites: readonly CallSite[]): void {
  const top = Array.isArray(sites) ? (sites[0] as CallSite | undefined) : undefined;
  if (typeof error === 'object' && error !== null && top !== undefined && !places.has(error)) places.set(error, top);
}

export interface MadeAt {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** Undefined where it is not known, or not in a file. */
export function madeAt(error: object): MadeAt | undefined {
  const site = places.get(error);
  const file = site?.getFileName();
  const line = site?.getLineNumber();
  if (typeof file !== 'string' || typeof line !== 'number') return undefined;
  return { file, line, column: site?.getColumnNumber() ?? 1 };
}
