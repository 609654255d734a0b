/** On V8 itself: call sites tell the author's positions and names, and our own frames are left out. */
import type { Sources } from '../modules/sources.ts';
import { printCallSite, type CallSite } from './call-site.ts';
import type { IsOurs } from './ours.ts';

interface StackError extends ErrorConstructor {
  prepareStackTrace?: (error: unknown, sites: CallSite[]) => unknown;
  stackTraceLimit?: number;
}

/** The prototype that all call sites of this realm share. */
function callSitePrototype(): Record<string, (...args: never[]) => unknown> | undefined {
  const { prepareStackTrace } = Error as StackError;
  let prototype: object | undefined;
  (Error as StackError).prepareStackTrace = (_, sites) => {
    if (sites[0] !== undefined) prototype = Object.getPrototypeOf(sites[0]) as object;
    return '';
  };
  void new Error().stack;
  if (prepareStackTrace === undefined) delete (Error as StackError).prepareStackTrace;
  else (Error as StackError).prepareStackTrace = prepareStackTrace;
  return prototype as Record<string, (...args: never[]) => unknown> | undefined;
}

export function adaptCallSites(sources: Sources): void {
  const prototype = callSitePrototype();
  if (prototype === undefined) return;
  const native = (name: string) => {
    const method = prototype[name]!;
    return (site: CallSite): unknown => Reflect.apply(method, site, []);
  };
  const sourceUrl = native('getScriptNameOrSourceURL');
  const fileName = native('getFileName');
  const line = native('getLineNumber');
  const column = native('getColumnNumber');
  const isEval = native('isEval');
  const evalOrigin = native('getEvalOrigin');
  /** The name of a text that we evaluated: to its author it is a file, not something given to `eval`. */
  const known = (site: CallSite): string | undefined => {
    const name = sourceUrl(site);
    return typeof name === 'string' && (name.startsWith('node:') || sources.get(name) !== undefined) ? name : undefined;
  };
  const original = (site: CallSite): { line: number; column: number } | undefined => {
    const name = known(site);
    const at = line(site);
    return name === undefined || typeof at !== 'number' ? undefined : sources.original(name, at, (column(site) as number | null) ?? 1);
  };
  const methods = {
    getFileName(this: CallSite) {
      return known(this) ?? fileName(this);
    },
    getLineNumber(this: CallSite) {
      return original(this)?.line ?? line(this);
    },
    getColumnNumber(this: CallSite) {
      return original(this)?.column ?? column(this);
    },
    isEval(this: CallSite) {
      return known(this) === undefined && (isEval(this) as boolean);
    },
    getEvalOrigin(this: CallSite) {
      return known(this) === undefined ? evalOrigin(this) : undefined;
    },
    toString(this: CallSite) {
      return printCallSite(this);
    },
  };
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

/** Frames of ours, and of the generator that runs a module's code, which only we call. */
export function withoutOurs(sites: readonly CallSite[], isOurs: IsOurs): CallSite[] {
  const ours = sites.map((site) => {
    const name = site.getFileName();
    return typeof name === 'string' && isOurs(name);
  });
  return sites.filter((site, index) => {
    if (ours[index]!) return false;
    const between = ours[index + 1] === true && typeof site.getFileName() !== 'string';
    return !(between && (site.getFunctionName() === 'next' || site.getFunctionName() === 'eval' || site.getFunctionName() === 'apply'));
  });
}
