import type { Realm } from '../boot.ts';
import { sourcePositions } from '../fatal-error.ts';
import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('errors')`. */
export function makeErrors(given: NodeRealm): Untyped {
  const realm = given as Realm;
  return {
    setPrepareStackTraceCallback(callback: Function) {
      realm.stackCallbacks.prepare = callback;
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
      kNoFailure: 0, kGenericUserError: 1, kInternalJSParseError: 3, kInternalJSEvaluationFailure: 4, kV8FatalError: 5,
      kInvalidFatalExceptionMonkeyPatching: 6, kExceptionInFatalExceptionHandler: 7, kInvalidCommandLineArgument: 9, kBootstrapFailure: 10,
      kInvalidCommandLineArgument2: 12, kUnsettledTopLevelAwait: 13, kStartupSnapshotFailure: 14, kAbort: 134,
    },
  };
}

/** `v8::Value::ToDetailString`: what a value is, without running any of its code. */
export function noSideEffectsToString(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const data = (key: string): unknown => {
    for (let object: object | null = value; object !== null; object = Object.getPrototypeOf(object) as object | null) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor !== undefined) return 'value' in descriptor ? (descriptor.value as unknown) : undefined;
    }
    return undefined;
  };
  if (value instanceof Error) {
    const name = data('name');
    const message = data('message');
    const nameText = typeof name === 'string' ? name : 'Error';
    const messageText = typeof message === 'string' ? message : '';
    return messageText === '' ? nameText : nameText === '' ? messageText : `${nameText}: ${messageText}`;
  }
  const constructor = data('constructor');
  const name = typeof constructor === 'function' ? constructor.name : '';
  return name === '' ? '[object Object]' : `#<${name}>`;
}
