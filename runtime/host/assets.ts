/** Where the runtime's own files are, and loading them with errors that say what to do. */
import { bundledFiles } from '../base/bundled-files.ts';
import { BvError } from '../base/errors.ts';
import { gunzip, isGzipped } from './gzip.ts';

let assetBase: string | undefined;

/** The folder of the script this module was loaded in, without the folder of the chunks. */
function scriptFolder(): string {
  // Not `new URL('.', …)`, which bundlers take for a file of that name.
  return import.meta.url.replace(/[^/]*([?#].*)?$/, '').replace(/\/chunks\/$/, '/');
}

/** Sets where the runtime's files are, for pages that host them elsewhere than beside the script. Before the first boot. */
export function setAssetBase(url: string): void {
  assetBase = new URL(url.endsWith('/') ? url : `${url}/`, document.baseURI).href;
}

/** What a bundler made of the worker's script `name`, if one did. */
export async function bundledWorker(name: string): Promise<Worker | string | undefined> {
  return assetBase === undefined ? ((await bundledFiles()?.workers?.[name]?.()) as Worker | string | undefined) : undefined;
}

export function assetUrl(name: string): string {
  const bundled = assetBase === undefined ? bundledFiles()?.urls[name] : undefined;
  return bundled ?? new URL(name, assetBase ?? scriptFolder()).href;
}

const violations: { readonly directive: string; readonly blocked: string }[] = [];
let watching = false;

/** Remembers what the page's Content Security Policy blocked from now on, so that a failure can name the directive. */
export function watchSecurityPolicy(): void {
  if (watching) return;
  watching = true;
  document.addEventListener('securitypolicyviolation', (event) => {
    if (violations.length >= 100) violations.shift();
    violations.push({ directive: event.effectiveDirective, blocked: event.blockedURI });
  });
}

/** The directive that blocked `url` (or, given a scheme such as `blob`, anything of it), if the page's policy did; `only` that one. */
function blockedBy(url: string, only?: string): string | undefined {
  const origin = URL.canParse(url) ? new URL(url).origin : url;
  return violations.find(
    ({ blocked, directive }) =>
      (blocked === url || blocked === origin || blocked === url.split(':')[0]) && (only === undefined || directive === only),
  )?.directive;
}

/** The violation event is a task of its own, after the failure it belongs to: the next one in Chromium, some later in Firefox. */
const violationMs = 1000;

/** Until `isTold`, or until it is clear that no violation is the reason. */
async function violationTold(isTold: () => boolean): Promise<void> {
  if (isTold()) return;
  const heard = new AbortController();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, violationMs);
    heard.signal.addEventListener('abort', () => clearTimeout(timer));
    document.addEventListener('securitypolicyviolation', () => isTold() && resolve(), { signal: heard.signal });
  });
  heard.abort();
}

/** What went wrong with an asset, in words a page's author can act on. */
export async function assetError(
  name: string,
  url: string,
  kind: 'worker-src' | 'connect-src' | 'script-src',
  cause: unknown,
): Promise<BvError> {
  const blocking = () => blockedBy(url) ?? (kind === 'worker-src' ? blockedBy('blob', kind) : undefined);
  await violationTold(() => blocking() !== undefined);
  const directive = blocking();
  if (directive !== undefined) {
    const source = directive.startsWith('worker') || directive.startsWith('child') ? `${new URL(url).origin} blob:` : new URL(url).origin;
    return new BvError(
      'ERR_BV_ASSET',
      `Cannot load "${name}": the page's Content Security Policy blocks it; add ${source} to ${directive}`,
      { cause },
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  // A worker's script has the policy that it is served with, not the page's.
  if (/WebAssembly[^]*(Content Security|CSP)/i.test(reason)) {
    return new BvError(
      'ERR_BV_ASSET',
      `Cannot run "${name}": the Content Security Policy that the server sends with ${url} forbids WebAssembly; add 'wasm-unsafe-eval' to its script-src`,
      { cause },
    );
  }
  const offline = navigator.onLine === false ? ' (the browser is offline)' : '';
  return new BvError(
    'ERR_BV_ASSET',
    `Cannot load "${name}" from ${url}${offline}: ${reason}; expected a file of the runtime there, allowed by ${kind}`,
    { cause },
  );
}

/** Fetches an asset. @throws {BvError} `ERR_BV_ASSET` */
export async function fetchAsset(name: string): Promise<Response> {
  watchSecurityPolicy();
  const url = assetUrl(name);
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'omit' });
  } catch (cause) {
    throw await assetError(name, url, 'connect-src', cause);
  }
  if (!response.ok) {
    throw new BvError(
      'ERR_BV_ASSET',
      `Cannot load "${name}" from ${url}: the server answered ${response.status} ${response.statusText}`.trimEnd(),
    );
  }
  return response;
}

/** A gzipped asset as one Blob of its contents, however the server labels it. */
export async function fetchGzipped(name: string): Promise<Blob> {
  const response = await fetchAsset(name);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // A server that sends `Content-Encoding: gzip` has had it undone by the browser already.
  if (!isGzipped(bytes)) return new Blob([bytes]);
  try {
    return new Blob([await gunzip(bytes)]);
  } catch (cause) {
    throw new BvError('ERR_BV_ASSET', `Cannot unpack "${name}": it is not whole`, { cause });
  }
}
