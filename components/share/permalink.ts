/**
 * Files in a URL's fragment: `#bv=1.` and the base64url of raw deflate of `{"in": container, "files": {path: text or null}}`.
 *
 * Whoever made a link is a stranger: it is cut off at the limits below while it is inflated, its paths stay in the project, and
 * what is not of its form is refused before any of it is used.
 */
import { filePath } from '../container/author-files.ts';
import { BvElementError } from '../shared/element-error.ts';

/** Of the fragment. Browsers take more, but mail programs and chats cut links. */
export const maxLinkLength = 100_000;
/** Of its files, in bytes of UTF-8. A link of the greatest length can inflate to a thousand times of it. */
const maxTextBytes = 5_000_000;
const maxFiles = 500;
const maxPathLength = 1000;
const version = '1';
const prefix = '#bv=';

export interface LinkedFiles {
  /** The id of the container, or its place among those of the page from 0; empty for the first. */
  readonly container: string;
  /** Null deletes a file. */
  readonly files: ReadonlyMap<string, string | null>;
}

/** The fragment with its `#`. */
export async function fragmentOf({ container, files }: LinkedFiles): Promise<string> {
  const json = JSON.stringify({ in: container, files: Object.fromEntries(files) });
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return `${prefix}${version}.${base64url(new Uint8Array(await new Response(stream).arrayBuffer()))}`;
}

export function isLink(hash: string): boolean {
  return hash.startsWith(prefix);
}

/**
 * @throws {BvElementError} `ERR_BV_LIMIT` if it is too large, `ERR_BV_WIRE_VERSION` if it is of another version, `ERR_BV_PATH_ESCAPE`,
 *   `ERR_BV_BAD_ARCHIVE` if it is damaged.
 */
export async function readFragment(hash: string): Promise<LinkedFiles> {
  if (hash.length > maxLinkLength)
    throw new BvElementError('ERR_BV_LIMIT', `Cannot open the link: it has ${hash.length} characters, of at most ${maxLinkLength}`);
  const [, said = '', data = ''] = /^#bv=(\w{0,20})\.(.*)$/s.exec(hash) ?? [];
  if (said !== version) {
    const made = said === '' ? 'it is damaged' : `it was made by version ${said} of the share button, this page has ${version}`;
    throw new BvElementError(said === '' ? 'ERR_BV_BAD_ARCHIVE' : 'ERR_BV_WIRE_VERSION', `Cannot open the link: ${made}`);
  }
  return filesOf(await inflated(data));
}

async function inflated(data: string): Promise<string> {
  const bytes = bytesOf(data);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      length += value.length;
      if (length > maxTextBytes)
        throw new BvElementError('ERR_BV_LIMIT', `Cannot open the link: its files have more than ${maxTextBytes / 1e6} MB`);
      text += decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    if (cause instanceof BvElementError) throw cause;
    throw damaged('it was cut or changed on its way', cause);
  } finally {
    void reader.cancel().catch(() => undefined); // It has failed.
  }
}

function filesOf(json: string): LinkedFiles {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw damaged('it was cut or changed on its way', cause);
  }
  const { in: container, files: given } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof container !== 'string' || container.length > 200) throw damaged('it does not say for which container it is');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw damaged('it holds no files');
  const entries = Object.entries(given);
  if (entries.length > maxFiles)
    throw new BvElementError('ERR_BV_LIMIT', `Cannot open the link: it has ${entries.length} files, of at most ${maxFiles}`);
  const files = new Map<string, string | null>();
  for (const [path, text] of entries) {
    if (text !== null && typeof text !== 'string') throw damaged(`${JSON.stringify(path)} is no text`);
    files.set(pathOf(path), text);
  }
  return { container, files };
}

/** Says that it is the link's: no author has written it. */
function pathOf(path: string): string {
  try {
    if (path.length <= maxPathLength && !path.includes('\0') && !path.startsWith('/')) return filePath(path);
  } catch {
    // Told below.
  }
  throw new BvElementError('ERR_BV_PATH_ESCAPE', `Cannot open the link: ${JSON.stringify(path.slice(0, 100))} is no path in the project`);
}

function damaged(why: string, cause?: unknown): BvElementError {
  return new BvElementError('ERR_BV_BAD_ARCHIVE', `Cannot open the link: ${why}`, { cause });
}

function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw damaged('it has characters that do not belong there', cause);
  }
}
