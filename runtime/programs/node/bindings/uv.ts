import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('uv')`. */
export function makeUv(realm: NodeRealm): Untyped {
  const { uvErrors } = realm.library.meta;
  const byNumber = new Map(uvErrors.map(([errno, name, message]) => [errno, [name, message] as const]));
  const binding: Record<string, unknown> = {
    errname: (errno: number) => byNumber.get(errno)?.[0] ?? `Unknown system error ${errno}`,
    getErrorMap: () => new Map(uvErrors.map(([errno, name, message]) => [errno, [name, message]])),
    getErrorMessage: (errno: number) => byNumber.get(errno)?.[1] ?? `Unknown system error ${errno}`,
  };
  for (const [errno, name] of uvErrors) binding[`UV_${name}`] = errno;
  return binding;
}
