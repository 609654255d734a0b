/** V8's stack API in every engine: https://v8.dev/docs/stack-trace-api, on which Node's library and packages rely. */
import type { NodeRealm } from '../realm.ts';
import { isV8 } from '../modules/functions.ts';
import { sourcesOf } from '../modules/sources.ts';
import type { CallSite } from './call-site.ts';
import { installStackApi } from './engines.ts';
import { oursFrom } from './ours.ts';
import { adaptCallSites, withoutOurs } from './v8.ts';

type Prepare = (globalThis: object, error: unknown, sites: CallSite[]) => unknown;

/** To be called before the library boots: it reads `Error.captureStackTrace` and `Error.stackTraceLimit` then. */
export function prepareStacks(realm: NodeRealm): void {
  if (isV8(realm)) adaptCallSites(sourcesOf(realm));
  else installStackApi(sourcesOf(realm));
}

/**
 * To be called when the library has booted and has set `Error.prepareStackTrace`, which in Node only sees what the library's
 * `callback` (given to `setPrepareStackTraceCallback`) passes on.
 */
export function adoptPrepareStackTrace(realm: NodeRealm, callback: Prepare | undefined): void {
  const isOurs = oursFrom(new Error().stack ?? '');
  const { prepareStackTrace: library } = Error as { prepareStackTrace?: (error: unknown, sites: CallSite[]) => unknown };
  if (library === undefined) return;
  let inside = false;
  // The name is what Node's own shows.
  const { ErrorPrepareStackTrace } = {
    ErrorPrepareStackTrace(error: unknown, sites: CallSite[]): unknown {
      if (inside) return Reflect.apply(library, Error, [error, sites]) as unknown;
      inside = true;
      try {
        const seen = withoutOurs(sites, isOurs);
        return callback === undefined ? (Reflect.apply(library, Error, [error, seen]) as unknown) : callback(globalThis, error, seen);
      } finally {
        inside = false;
      }
    },
  };
  Object.defineProperty(Error, 'prepareStackTrace', { value: ErrorPrepareStackTrace, writable: true, enumerable: false, configurable: true });
}
