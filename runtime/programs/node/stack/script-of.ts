/** The scripts that frames are in. */
import { sourcesOf, type ScriptSource } from '../modules/sources.ts';
import type { NodeRealm } from '../realm.ts';
import { madeText } from './evaluated-texts.ts';
import { madeFunction } from './made-functions.ts';
import { perRealm } from '../wraps/per-realm.ts';

/** Kept apart from what programs had evaluated: their places are read otherwise (`parseStack()`). */
const libraryScripts = perRealm(() => new Map<string, ScriptSource>());

const madeScripts = new Map<string, ScriptSource>();

/** What `Function` made, as V8 counts its lines. */
function madeScript(name: string): ScriptSource | undefined {
  const texts = madeFunction(name)?.texts;
  if (texts === undefined) return undefined;
  let script = madeScripts.get(name);
  if (script === undefined) {
    const text = madeText('function', texts);
    madeScripts.set(name, (script = { text, columns: [], lineOffset: 0, columnOffset: 0 }));
  }
  return script;
}

/** Of Node's library, too, whose texts are evaluated as they are but for what is inserted behind their calls. */
export function scriptOf(realm: NodeRealm, fileName: string): ScriptSource | undefined {
  if (fileName.startsWith('$bvf')) return madeScript(fileName);
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
