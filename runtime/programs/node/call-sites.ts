/** Where calls came from, through V8's structured stack, which the module layer supplies on other engines. */
export interface CallSiteInfo {
  readonly functionName: string;
  readonly scriptId: string;
  readonly scriptName: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface V8CallSite {
  getFunctionName(): string | null;
  getScriptNameOrSourceURL(): string | null;
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  isAsync(): boolean;
}

type StackTraceError = ErrorConstructor & {
  prepareStackTrace?: ((error: unknown, sites: V8CallSite[]) => unknown) | undefined;
  stackTraceLimit?: number;
  captureStackTrace?: (target: object, above?: Function) => void;
};

/**
 * The frames of the library and the program above a binding's function, outermost last; `skip` of the nearest are left out. Frames
 * of ours are none: the adapter behind `Error.prepareStackTrace` has taken them out.
 */
export function callSites(count: number, skip: number): CallSiteInfo[] {
  const Errors = Error as StackTraceError;
  if (Errors.captureStackTrace === undefined) return [];
  const { prepareStackTrace, stackTraceLimit } = Errors;
  let sites: V8CallSite[] = [];
  try {
    Errors.stackTraceLimit = count + skip + 8;
    Errors.prepareStackTrace = (_error, found) => {
      sites = found;
      return '';
    };
    const holder: { stack?: unknown } = {};
    Errors.captureStackTrace(holder, callSites);
    void holder.stack;
  } finally {
    Errors.prepareStackTrace = prepareStackTrace;
    if (stackTraceLimit !== undefined) Errors.stackTraceLimit = stackTraceLimit;
  }
  // What awaits is on no stack: V8 tells of it in errors only.
  const running = sites.filter((site) => !site.isAsync());
  return running.slice(skip, skip + count).map((site) => ({
    functionName: site.getFunctionName() ?? '',
    scriptId: '0',
    scriptName: site.getScriptNameOrSourceURL() ?? site.getFileName() ?? '',
    lineNumber: site.getLineNumber() ?? 0,
    columnNumber: site.getColumnNumber() ?? 0,
  }));
}
