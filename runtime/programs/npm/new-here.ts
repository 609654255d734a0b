/** Whether registries were ever asked in this browser. Small: the first module of an install asks for it, before anything else is loaded. */

/** Of the database of what registries said. */
export const metadataCacheName = 'bavini-packuments';

let newHere: Promise<boolean> | undefined;
let wasNew: Promise<boolean> | undefined;

/**
 * Whether no registry was ever asked in this browser, so that neither answers nor decisions are remembered: what is needed can be asked for
 * at once. False where the browser does not say.
 */
export function isNewHere(): Promise<boolean> {
  return (newHere ??= hasNoCache());
}

/** What {@link isNewHere} said first in this worker: what is remembered since then it remembered itself. */
export function wasNewHere(): Promise<boolean> {
  return (wasNew ??= isNewHere());
}

/** Something is remembered from now on. */
export function noLongerNew(): void {
  void wasNewHere();
  newHere = Promise.resolve(false);
}

async function hasNoCache(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).every(({ name }) => name !== metadataCacheName);
  } catch {
    return false;
  }
}
