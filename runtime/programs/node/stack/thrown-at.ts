/** Where in the text of a program an engine threw. */
import { sourcesOf } from '../modules/sources.ts';
import type { Node } from '../modules/syntax.ts';
import type { NodeRealm } from '../realm.ts';
import type { ThrownAt } from './expressions.ts';
import { outlineOf } from './outline.ts';
import { programOf } from './program-of.ts';

export interface EnginePlace {
  readonly fileName: string | undefined;
  /** As the author counts. */
  readonly line: number;
  readonly column: number;
}

/** Undefined where the text is not the program's, or cannot be parsed. */
export function thrownAt(realm: NodeRealm, { fileName, line, column }: EnginePlace): ThrownAt | undefined {
  const script = fileName === undefined ? undefined : sourcesOf(realm).get(fileName);
  const outline = script === undefined ? undefined : outlineOf(script, (text) => programOf(realm, text));
  if (script === undefined || outline === undefined) return undefined;
  const own = line - script.lineOffset;
  const offset = outline.offset(own, column - (own === 1 ? script.columnOffset : 0));
  return offset === undefined ? undefined : outline.thrownAt(offset);
}

/** The nodes at the place that are of a type. */
export const nodesOf = ({ path }: ThrownAt, ...types: readonly string[]): Node[] => path.filter(({ type }) => types.includes(type));

/** The call or `new` that the engine's place stands for. */
export function callAt(at: ThrownAt): Node | undefined {
  return nodesOf(at, 'CallExpression', 'NewExpression', 'TaggedTemplateExpression').find((node) => {
    if (node.type === 'NewExpression') return node.start === at.offset;
    const callee = (node['callee'] ?? node['tag']) as Node;
    const property = callee.type === 'MemberExpression' ? (callee['property'] as Node) : callee;
    return (
      [callee.start, property.start, property.start - 1].includes(at.offset) || (at.offset >= callee.end && at.offset <= callee.end + 2)
    );
  });
}
