/** Compiles builtins whose async functions are followed (`followed-builtins.ts`). */
import type { NodeRealm, Untyped } from '../realm.ts';
import { asyncContextOf } from './async-context.ts';
import { Edits } from './edits.ts';
import { chooseNames } from './helper-names.ts';
import { noteHelper, sourcesOf } from './sources.ts';

/** By builtin id: how far behind the one before each is (units), and what it is. */
type Insertions = Readonly<Record<string, readonly (number | string)[]>>;

const known = new WeakMap<NodeRealm, Insertions>();

function insertionsOf(realm: NodeRealm, id: string): readonly (number | string)[] {
  let all = known.get(realm);
  if (all === undefined) {
    const text = realm.source('bavini/followed') ?? 'return {}';
    all = realm.platform.evaluate(`(function () {${text}})()`, 'node:internal/bavini/followed') as Insertions;
    known.set(realm, all);
  }
  return all[id] ?? [];
}

type Map = (value: unknown, index: number) => unknown;

/** Of `primordials`, by what V8's stacks say of them. */
const combinators = {
  SafePromiseAll: 'all',
  SafePromiseAllReturnArrayLike: 'all',
  SafePromiseAllReturnVoid: 'all',
  SafePromiseAllSettled: 'allSettled',
  SafePromiseAllSettledReturnVoid: 'allSettled',
  SafePromiseAny: 'any',
  SafePromiseRace: 'race',
} as const;

/** Those that the async functions of the library wait with tell of themselves, too. */
function followedPrimordials(realm: NodeRealm): Untyped {
  const { primordials } = realm;
  const frames = asyncContextOf(realm).asyncFrames;
  if (frames === undefined) return primordials;
  const followed = Object.create(primordials) as Untyped;
  for (const [name, kind] of Object.entries(combinators)) {
    const original = primordials[name] as (values: unknown, map?: Map) => object;
    const value = (values: unknown, map?: Map): object => {
      const claiming: Map | undefined =
        map &&
        ((...of) => {
          const mapped = map(...of);
          frames.claim(mapped);
          return mapped;
        });
      return frames.combine(kind, values, () => original(values, claiming));
    };
    Object.defineProperty(followed, name, { value });
  }
  return followed;
}

/** The builtin's function of `parameters`. Positions are told as those of `source`. */
export function compileFollowed(realm: NodeRealm, id: string, source: string, parameters: string): Untyped {
  const edits = new Edits(source);
  let at = 0;
  for (const part of insertionsOf(realm, id)) {
    if (typeof part === 'number') at += part;
    else edits.close(at, part);
  }
  const { code, columns } = edits.apply('', '');
  const name = `node:${id}`;
  sourcesOf(realm).add(name, { text: source, columns, code: () => code, lineOffset: 0, columnOffset: 0 });
  const helper = Object.create(asyncContextOf(realm).helpers) as object;
  noteHelper(helper, name);
  const made = realm.platform.evaluate(`(function (${chooseNames(source).helper}) { return function (${parameters}) {${code}\n} })`, name);
  const compiled = (made as (helper: object) => Function)(helper);
  // `primordials` comes last of all.
  return (...given: Untyped[]) => compiled(...given.slice(0, -1), followedPrimordials(realm));
}
