/** The scripts that frames are in. */
import { sourcesOf, type ScriptSource } from '../modules/sources.ts';
import type { NodeRealm } from '../realm.ts';
import { perRealm } from '../wraps/per-realm.ts';

/** Kept apart from what programs had evaluated: their places are read otherwise (`parseStack()`). */
const libraryScripts = perRealm(() => new Map<string, ScriptSource>());

/** Of Node's library, too, whose texts are evaluated as they are but for what is inserted behind their calls. */
export function scriptOf(realm: NodeRealm, fileName: string): ScriptSource | undefined {
  const known = sourcesOf(realm).get(fileName);
  if (known !== undefined || !fileName.startsWith('node:')) return known;
  const scripts = libraryScripts(realm);
  let script = scripts.get(fileName);
  if (script === undefined) {
    const text = realm.library.source(fileName.slice('node:'.length));
    if (text === undefined) return undefined;
    scripts.set(fileName, (script = { text, columns: [], lineOffset: 0, columnOffset: 0 }));
  }
  return script;
}
