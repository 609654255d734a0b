/** What an author asks of the fences of a page, and of one of them. */

/** `data-auto` of the script: words, in any order. */
export interface PageOptions {
  /** All fences of the page share files and one container: `shared`. */
  readonly shared: boolean;
  /** Only fences that are marked `run` become live: `marked`. */
  readonly marked: boolean;
}

export function pageOptions(words: string): PageOptions {
  const all = new Set(words.trim().split(/\s+/));
  return { shared: all.has('shared'), marked: all.has('marked') };
}

/** Of one fence. What is not said is undefined. */
export interface FenceOptions {
  readonly off: boolean;
  readonly run: boolean;
  /** Its path, for the other fences of its session and for the reader. */
  readonly file: string | undefined;
  /** Fences with the same one share files and a container. */
  readonly session: string | undefined;
}

const info = /([\w-]+)=(?:"([^"]*)"|'([^']*)'|([^\s,}]+))|([\w-]+)/g;

/** Reads `run file=server.js session="a"`: the words after the language, by blanks or commas. Others' words are let through. */
function readInfo(text: string, found: Map<string, string>): void {
  for (const [, name, double, single, plain, word] of text.matchAll(info)) {
    const key = (name ?? word ?? '').toLowerCase();
    if (!found.has(key)) found.set(key, double ?? single ?? plain ?? '');
  }
}

/** Where Markdown tools put the words of a fence that they do not know. */
const infoAttributes = ['data-bv', 'data-meta', 'data-info', 'metastring'];

/** A file's name with an ending, such as the title that many themes show over a fence. */
const fileName = /^[\w@.-]+(\/[\w@.-]+)*\.\w+$/;

export function isFileName(text: string): boolean {
  return fileName.test(text) && !text.split('/').includes('..');
}

/** @param elements What the highlighter made of the fence, the innermost first. @param words Those after the language in its class. */
export function fenceOptions(elements: readonly Element[], words: string): FenceOptions {
  const found = new Map<string, string>();
  for (const element of elements) {
    for (const name of infoAttributes) {
      const text = element.getAttribute(name);
      if (text !== null) readInfo(text, found);
    }
    for (const name of ['file', 'session'] as const) {
      const text = element.getAttribute(`data-bv-${name}`) ?? element.getAttribute(`data-${name}`) ?? element.getAttribute(name);
      if (text !== null && !found.has(name)) found.set(name, text);
    }
    if (element.classList.contains('nobv')) found.set('off', '');
  }
  readInfo(words, found);
  const file = found.get('file');
  return {
    off: found.has('off') || found.has('nobv'),
    run: found.has('run'),
    file: file !== undefined && isFileName(file) ? file : undefined,
    session: found.get('session'),
  };
}
