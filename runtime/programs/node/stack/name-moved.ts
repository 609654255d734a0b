/** Where V8 would say that a name is not there, had the text been evaluated as it is. */
import { sourcesOf } from '../modules/sources.ts';
import type { NodeRealm } from '../realm.ts';
import { namePlace } from './name-places.ts';
import { outlineOf } from './outline.ts';
import { programOf } from './program-of.ts';
import type { EnginePlace } from './thrown-at.ts';

export function nameMoved(realm: NodeRealm, place: EnginePlace, message: string): Omit<EnginePlace, 'fileName'> | undefined {
  const script = sourcesOf(realm).get(place.fileName!);
  const outline = script === undefined ? undefined : outlineOf(script, (text) => programOf(realm, text));
  if (script === undefined || outline === undefined) return undefined;
  const own = place.line - script.lineOffset;
  const offset = outline.offset(own, place.column - (own === 1 ? script.columnOffset : 0));
  // What the program itself made stays where it was made.
  if (offset === undefined || /^(?:new\b|\w*Error\b)/.test(outline.text.slice(offset, offset + 40))) return undefined;
  const found = namePlace(outline.thrownAt(offset), message);
  if (found === undefined) return undefined;
  const line = outline.line(found);
  return { line: line + script.lineOffset, column: outline.column(line, found) + (line === 1 ? script.columnOffset : 0) };
}
