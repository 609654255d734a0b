import { asyncContextOf } from '../modules/async-context.ts';
import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('async_context_frame')`: one value that belongs to what runs now. */
export function makeAsyncContextFrame(realm: NodeRealm): Untyped {
  const context = asyncContextOf(realm);
  return {
    getContinuationPreservedEmbedderData: () => context.current(),
    setContinuationPreservedEmbedderData: (value: unknown) => context.enter(value),
  };
}
