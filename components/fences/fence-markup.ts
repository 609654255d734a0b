/**
 * Finds fenced code in a page and reads it, whatever highlighter made its markup: plain CommonMark, Prism, highlight.js, Rouge,
 * Chroma, Pygments, Shiki and Expressive Code, in the themes of Jekyll, Hugo, MkDocs, Sphinx, VitePress, Starlight and Docusaurus.
 */
import { fenceOptions, isFileName } from './fence-options.ts';
import type { FenceOptions } from './fence-options.ts';

/** What runs it: Node, the shell, a browser's page; a style is shown with the page of its session. A `file` is only for others. */
export type FenceKind = 'node' | 'shell' | 'page' | 'style' | 'file';

export interface Fence {
  /** The outermost element of the fence: what an editor takes the place of. */
  readonly block: HTMLElement;
  /** Holds the text. */
  readonly code: Element;
  readonly kind: FenceKind;
  /** In small letters, as the author wrote it. */
  readonly language: string;
  /** For a file that the author gave no name. */
  readonly ending: string;
  readonly options: FenceOptions;
}

const kinds: Readonly<Record<string, readonly [FenceKind, string]>> = {
  js: ['node', 'js'],
  javascript: ['node', 'js'],
  node: ['node', 'js'],
  mjs: ['node', 'mjs'],
  cjs: ['node', 'cjs'],
  ts: ['node', 'ts'],
  typescript: ['node', 'ts'],
  mts: ['node', 'mts'],
  cts: ['node', 'cts'],
  sh: ['shell', 'sh'],
  bash: ['shell', 'sh'],
  shell: ['shell', 'sh'],
  console: ['shell', 'sh'],
  'shell-session': ['shell', 'sh'],
  shellsession: ['shell', 'sh'],
  html: ['page', 'html'],
  css: ['style', 'css'],
};

/** Elements that highlighters and themes put around a `<pre>`. */
const wrappers =
  /(^|[\s_-])(highlight|highlighter-rouge|language|lang|code|codehilite|sourceCode|chroma|shiki|prism|hljs|listingblock|listing|content|frame|expressive-code|codeBlock\w*|rouge-table|lntable|highlighttable)([\s_-]|$)/i;
const tableParts = /^(table|tbody|tr|td)$/;

/** Lines that an edit removed. */
const removed = '.diff.remove, .ec-line.del';

/** Parts that are no code: numbers of lines, buttons. */
const decoration =
  'button, .lineno, .linenos, .linenodiv, .lnt, .ln, .gutter, .gl, .line-numbers-rows, .line-numbers-wrapper, .copy, .sr-only, .visually-hidden, [aria-hidden="true"], [class*="codeLineNumber"]';

function isWrapper(parent: Element, pre: Element): boolean {
  const tag = parent.localName;
  if (!tableParts.test(tag) && tag !== 'figure' && !(tag === 'div' && wrappers.test(parent.className))) return false;
  // Prose beside the code: it is around more than this fence.
  if (parent.querySelector('p, h1, h2, h3, h4, ul, ol, bv-container') !== null) return false;
  return [...parent.querySelectorAll('pre')].every((one) => one.contains(pre) || pre.contains(one) || isNumbers(one));
}

/** Only the numbers of lines, in a column of their own. */
function isNumbers(pre: Element): boolean {
  return pre.textContent !== null && /^[\s\d]*$/.test(pre.textContent) && pre.closest('table') !== null;
}

/** `language-js`, `lang-js`, `highlight-source-js`, `language-js,run` and the likes. */
function languageOf(element: Element, isCode: boolean): { readonly language: string; readonly words: string } | undefined {
  const said = element.getAttribute('data-lang') ?? element.getAttribute('data-language');
  if (said !== null && said !== '') return split(said);
  for (const name of element.classList) {
    const found = /^(?:language|lang|highlight-source|highlight)-(.+)$/.exec(name)?.[1];
    if (found !== undefined && found !== 'text') return split(found);
  }
  // Older highlight.js, Pandoc and Pygments name the language alone.
  if (!isCode && !element.classList.contains('sourceCode')) return undefined;
  const bare = [...element.classList].find((name) => Object.hasOwn(kinds, name));
  return bare === undefined ? undefined : { language: bare, words: '' };
}

function split(text: string): { language: string; words: string } {
  const [language = '', ...words] = text.split(/[,{:;\s]/);
  return { language: language.toLowerCase(), words: words.join(' ') };
}

/** The title that a theme shows over the fence, if it is a file's name. */
function titleOf(block: Element): string | undefined {
  const title = block.querySelector('figcaption, [class*="codeBlockTitle"], .filename, .code-title, [data-rehype-pretty-code-title]');
  const text = title?.textContent?.trim() ?? '';
  return isFileName(text) ? text : undefined;
}

/** What of the page is inside of our own elements, or is being edited, is no fence. */
const notOurs = 'bv-container, bv-lesson, bv-step, bv-fence, [contenteditable]';

/** The fence that `pre` is; undefined for what is none, is turned off, or is in a language that nothing here is for. */
export function fenceOf(pre: HTMLElement): Fence | undefined {
  if (isNumbers(pre) || pre.closest(notOurs) !== null || pre.parentElement?.closest('pre') instanceof Element) return undefined;
  const codes = [...pre.querySelectorAll('code')];
  const code = codes.find((one) => one.querySelector('.lnt') === null) ?? pre;
  let block = pre;
  while (block.parentElement !== null && isWrapper(block.parentElement, pre)) block = block.parentElement;
  const elements: Element[] = code === pre ? [] : [code];
  for (let at: HTMLElement | null = pre; at !== null && at !== block.parentElement; at = at.parentElement) elements.push(at);
  const named = elements.map((one) => languageOf(one, one === code || one === pre)).find((one) => one !== undefined);
  if (named === undefined) return undefined;
  // Most generators drop what they do not know of a fence: their authors put an element around it.
  const around = block.parentElement?.closest('[data-bv]');
  const said = fenceOptions(around instanceof Element ? [...elements, around] : elements, named.words);
  const options = { ...said, file: said.file ?? titleOf(block) };
  const off = options.off || block.closest('[data-bv="off"], .nobv') !== null;
  const known = Object.hasOwn(kinds, named.language) ? kinds[named.language] : undefined;
  const [kind, ending] = known ?? (options.file === undefined ? [] : (['file', ''] as const));
  if (off || kind === undefined || ending === undefined) return undefined;
  return { block, code, kind, language: named.language, ending, options };
}

/** The fences in `root`, in the order of the page. */
export function fencesIn(root: ParentNode): Fence[] {
  return [...root.querySelectorAll('pre')].map(fenceOf).filter((fence) => fence !== undefined);
}

const blockTags = new Set(['DIV', 'P', 'LI', 'TR']);

function collect(node: Node, out: { text: string }): void {
  for (const child of node.childNodes) {
    if (child instanceof Text) {
      // The line break after a line that an edit removed goes with it.
      const after = child.previousSibling instanceof Element && child.previousSibling.matches(removed);
      out.text += after ? child.data.replace(/^\r?\n/, '') : child.data;
    } else if (child instanceof Element && !child.matches(`${decoration}, ${removed}`)) {
      if (child.tagName === 'BR') out.text += '\n';
      else {
        const own = blockTags.has(child.tagName);
        if (own && out.text !== '' && !out.text.endsWith('\n')) out.text += '\n';
        collect(child, out);
        if (own && !out.text.endsWith('\n')) out.text += '\n';
      }
    }
  }
}

/** What is typed at a prompt of a session that was copied from a terminal, without what was printed. */
function commandsOf(text: string): string {
  if (!/^[$%] /m.test(text)) return text;
  const lines: string[] = [];
  let more = false;
  for (const line of text.split('\n')) {
    if (/^[$%] /.test(line)) lines.push(line.slice(2));
    else if (more) lines.push(line.replace(/^> /, ''));
    else continue;
    more = line.endsWith('\\');
  }
  return `${lines.join('\n')}\n`;
}

/** The code as its author wrote it, with one line break at its end. */
export function textOf({ code, kind }: Pick<Fence, 'code' | 'kind'>): string {
  const out = { text: '' };
  collect(code, out);
  const text = `${out.text.replaceAll('\r\n', '\n').replaceAll('\u00a0', ' ').replace(/^\n/, '').trimEnd()}\n`;
  return kind === 'shell' ? commandsOf(text) : text;
}
