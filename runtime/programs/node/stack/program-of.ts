/** The tree of a program's text, a script's or a module's. */
import { moduleParseOptions } from '../modules/compile.ts';
import { scriptParseOptions } from '../modules/compile-script.ts';
import { parse } from '../modules/parser.ts';
import type { Node } from '../modules/syntax.ts';
import type { NodeRealm } from '../realm.ts';

/** Undefined for a text that is neither. */
export function programOf(realm: NodeRealm, text: string): Node | undefined {
  for (const options of [scriptParseOptions(true), moduleParseOptions]) {
    try {
      return parse(realm, text, options);
    } catch {
      continue; // In a language of its own: nothing is known of it.
    }
  }
  return undefined;
}
