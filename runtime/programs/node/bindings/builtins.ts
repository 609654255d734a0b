import type { Realm } from '../boot.ts';
import { configOf } from '../library.ts';
import type { NodeRealm, Untyped } from '../realm.ts';

const bootOnly = /^internal\/(bootstrap|per_context|main|deps\/v8)\//;

/** `internalBinding('builtins')`. */
export function makeBuiltins(given: NodeRealm): Untyped {
  const realm = given as Realm;
  const ids = realm.library.meta.builtinIds.filter((id) => !Object.hasOwn(realm.library.meta.leftOut, id) || realm.builtins.isAbsent(id));
  const cannot = ids.filter(
    (id) => bootOnly.test(id) || ['quic', 'sqlite', 'stream/iter', 'sys', 'wasi', 'zlib/iter', 'internal/test/binding'].includes(id),
  );
  let natives: Record<string, string> | undefined;
  return {
    config: configOf(realm.library.meta),
    builtinIds: ids,
    get natives() {
      return (natives ??= Object.fromEntries(ids.map((id) => [id, realm.source(id) ?? ''])));
    },
    builtinCategories: { canBeRequired: new Set(ids.filter((id) => !cannot.includes(id))), cannotBeRequired: new Set(cannot) },
    compileFunction: (id: string) => realm.builtins.compile(id),
    setInternalLoaders: (internalBinding: Untyped, require: Untyped) => realm.builtins.setLoaders(internalBinding, require),
    hasCachedBuiltins: () => true,
    getCacheUsage: () => ({ compiledWithCache: new Set(), compiledWithoutCache: new Set(), compiledInSnapshot: [] }),
    importBuiltinSourceTextModule(id: string) {
      throw new Error(`No such built-in module: ${id}`);
    },
  };
}
