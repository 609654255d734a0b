/** `node:url` for npm's code. */
const { URL: PlatformURL } = globalThis;

/** The platform's own. npm asks it of everything that may be an address: the place of an error that nobody reads takes long to find. */
export class URL extends PlatformURL {
  constructor(url: string | URL, base?: string | URL) {
    if (!PlatformURL.canParse(url, base)) throw invalid(url);
    super(url, base);
  }
}

function invalid(input: string | URL): TypeError {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit'); // Not every engine has it.
  Error.stackTraceLimit = 0;
  const error = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: String(input) });
  if (limit === undefined) delete (Error as Partial<typeof Error>).stackTraceLimit;
  else Object.defineProperty(Error, 'stackTraceLimit', limit);
  return error;
}

export function fileURLToPath(url: string | URL): string {
  return decodeURIComponent(new URL(url).pathname);
}

export function pathToFileURL(path: string): URL {
  return new URL(`file://${path.replace(/[%\\\n\r\t?#]/g, encodeURIComponent)}`);
}
