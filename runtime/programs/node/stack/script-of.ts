/** The scripts that frames are in. */
import { sourcesOf, type ScriptSource } from '../modules/sources.ts';
import type { NodeRealm } from '../realm.ts';

/** Of Node's library, too, whose texts are evaluated as they are but for what is inserted behind their calls. */
export function scriptOf(realm: NodeRealm, fileName: string): ScriptSource | undefined {
  const sources = sourcesOf(realm);
  const known = sources.get(fileName);
  if (known !== undefined || !fileName.startsWith('node:')) return known;
  const text = realm.library.source(fileName.slice('node:'.length));
  if (text === undefined) return undefined;
  const script: ScriptSource = { text, columns: [], lineOffset: 0, columnOffset: 0 };
  sources.add(fileName, script);
  return script;
}
