/**
 * Modules that wait at their top level. Their code is a generator (`SourceTextModule`), for which no async function of the engine's
 * waits: V8's stacks would end with the function that was called.
 */
import { noteHandled } from '../watched-promises.ts';
import type { Place } from './compile.ts';

/** A module that waits. */
export interface WaitingModule {
  readonly url: string;
  /** Where, in its author's text. */
  suspendedAt(): Place | undefined;
}

type PlaceOfModule = Place & { readonly url: string };

const waiting = new Set<WaitingModule>();

/** The name that V8's stacks have for what waits for a module: that of a property, which minifying keeps. */
export const topLevelAwait = 'awaitTopLevel';

const waits = {
  async [topLevelAwait](awaited: Promise<unknown>, resume: (value: unknown) => void, fail: (error: unknown) => void): Promise<void> {
    let value: unknown;
    try {
      value = await awaited;
    } catch (error) {
      fail(error);
      return;
    }
    resume(value);
  },
};

/** As `awaited.then(resume, fail)`, by an `await` that V8 tells of. */
export function awaitAtTopLevel(
  module: WaitingModule,
  awaited: Promise<unknown>,
  resume: (value: unknown) => void,
  fail: (error: unknown) => void,
): void {
  noteHandled(awaited);
  waiting.add(module);
  const over = (then: (settled: unknown) => void) => (settled: unknown) => {
    waiting.delete(module);
    then(settled);
  };
  void waits[topLevelAwait](awaited, over(resume), over(fail));
}

/** Where the one module waits that does, which a stack with a frame of that name is about. Unknown if several do. */
export function waitingPlace(): PlaceOfModule | undefined {
  if (waiting.size !== 1) return undefined;
  let found: PlaceOfModule | undefined;
  // Nothing is iterated over where errors may be looked at.
  waiting.forEach((module) => {
    const place = module.suspendedAt();
    if (place !== undefined) found = { ...place, url: module.url };
  });
  return found;
}
