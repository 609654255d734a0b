/** Finds what the async functions of Node's library are to tell of themselves in engines whose stacks show nothing of who waits. */
import { parse } from 'acorn';
import { isFollowed } from '../../programs/node/modules/followed-builtins.ts';
import { catchClausesOf, editCatchClauses } from '../../programs/node/modules/catch-clauses.ts';
import { Edits } from '../../programs/node/modules/edits.ts';
import { chooseNames } from '../../programs/node/modules/helper-names.ts';
import { Rewriter } from '../../programs/node/modules/rewrite.ts';
import type { Node } from '../../programs/node/modules/syntax.ts';

/** What is inserted, in the order of the text: how far behind the one before (units), and what. */
export type Insertions = readonly (number | string)[];

function insertionsOf(source: string): Insertions {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'script', allowReturnOutsideFunction: true }) as unknown as Node;
  const edits = new Edits(source);
  const names = chooseNames(source);
  new Rewriter({
    source,
    edits,
    names,
    imported: new Set(),
    topLevel: 'none',
    keepContext: true,
    isModule: false,
    followFrames: true,
  }).program(program);
  editCatchClauses(source, catchClausesOf(program), edits, names.helper);
  let last = 0;
  return edits.inOrder().flatMap(({ start, end, text }) => {
    if (start !== end) throw new Error(`Cannot follow a builtin: "${source.slice(start, end)}" would be replaced`);
    const behind = start - last;
    last = start;
    return [behind, text];
  });
}

/** The source of `bavini/followed`, which gives {@link Insertions} by builtin id. Takes about 0.2 s. */
export function followedSource(sources: Iterable<readonly [id: string, source: string]>): string {
  const found: Record<string, Insertions> = {};
  for (const [id, source] of sources) if (isFollowed(id)) found[id] = insertionsOf(source);
  return `return ${JSON.stringify(found)};`;
}
