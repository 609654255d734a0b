import type { Realm } from '../boot.ts';
import { noSideEffectsToString } from '../detail-string.ts';
import { sourcePositions } from '../fatal-error.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import type { CallSite } from '../stack/call-site.ts';
import { noteMadeAt } from '../stack/made-at.ts';

/** `internalBinding('errors')`. */
export function makeErrors(given: NodeRealm): Untyped {
  const realm = given as Realm;
  return {
    setPrepareStackTraceCallback(callback: Function) {
      const { stackCallbacks } = realm;
      stackCallbacks.prepare = (global: unknown, error: unknown, sites: readonly CallSite[]): unknown => {
        if (stackCallbacks.sourceMaps === true) noteMadeAt(error, sites);
        return callback(global, error, sites) as unknown;
      };
    },
    setGetSourceMapErrorSource(callback: Function) {
      realm.stackCallbacks.sourceMapErrorSource = callback;
    },
    setSourceMapsEnabled(enabled: boolean) {
      realm.stackCallbacks.sourceMaps = enabled;
    },
    setMaybeCacheGeneratedSourceMap(callback: Function) {
      realm.stackCallbacks.cacheGeneratedSourceMap = callback;
    },
    setEnhanceStackForFatalException(before: Function, after: Function) {
      realm.stackCallbacks.enhanceBefore = before;
      realm.stackCallbacks.enhanceAfter = after;
    },
    noSideEffectsToString,
    triggerUncaughtException: (error: unknown, fromPromise: boolean) => realm.triggerUncaughtException(error, fromPromise),
    getErrorSourcePositions: (error: object) => sourcePositions(realm, error),
    exitCodes: {
      kNoFailure: 0,
      kGenericUserError: 1,
      kInternalJSParseError: 3,
      kInternalJSEvaluationFailure: 4,
      kV8FatalError: 5,
      kInvalidFatalExceptionMonkeyPatching: 6,
      kExceptionInFatalExceptionHandler: 7,
      kInvalidCommandLineArgument: 9,
      kBootstrapFailure: 10,
      kInvalidCommandLineArgument2: 12,
      kUnsettledTopLevelAwait: 13,
      kStartupSnapshotFailure: 14,
      kAbort: 134,
    },
  };
}
