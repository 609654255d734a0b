/** A realm for tests of this folder in real Node: enough to compile, link and evaluate modules. */
import { parse } from 'acorn';
import { openPart } from '../parts/all.ts';
import type { NodeRealm, Untyped } from '../realm.ts';

const symbolTable = (): Untyped =>
  new Proxy({}, { get: (table: Record<PropertyKey, symbol>, name) => (table[name] ??= Symbol(String(name))) });

export function makeTestingRealm(): NodeRealm {
  class Refused extends Error {
    code = 'ERR_REQUIRE_ASYNC_MODULE';
  }
  const builtins: Record<string, unknown> = {
    'internal/deps/acorn/acorn/dist/acorn': { Parser: { parse } },
    'internal/errors': { codes: { ERR_REQUIRE_ASYNC_MODULE: Refused, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: Error } },
  };
  return {
    platform: { engine: 'native', evaluate: (code: string, name: string) => (0, eval)(`${code}\n//# sourceURL=${name}`) as unknown },
    library: { part: openPart },
    privateSymbols: symbolTable(),
    symbols: symbolTable(),
    requireBuiltin: (id: string) => builtins[id],
  } as unknown as NodeRealm;
}
