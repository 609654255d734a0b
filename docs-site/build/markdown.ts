/** What Markdown means on this site: anchors of headings, links between pages, coloured code, live examples, parts of the README. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandHelp } from './command-line.ts';
import { failuresTable } from './compatibility.ts';
import { renderExample } from './examples.ts';
import { escapeHtml, highlight } from './highlight.ts';
import { siteLink } from './relative-links.ts';

interface Token {
  readonly type: string;
  readonly tag: string;
  readonly info: string;
  content: string;
  readonly markup: string;
  readonly children: readonly Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}

interface Environment {
  readonly page?: { readonly inputPath: string };
}

/** What this folder uses of markdown-it, Eleventy's Markdown parser. */
export interface MarkdownIt {
  readonly core: { readonly ruler: { push(name: string, rule: (state: { tokens: Token[]; env: Environment }) => void): void } };
  readonly renderer: {
    readonly rules: Record<string, (tokens: Token[], index: number, options: unknown, env: Environment) => string>;
  };
  set(options: { readonly html: boolean; readonly linkify: boolean; readonly typographer: boolean }): void;
  render(text: string, env?: Environment): string;
}

const contentFolder = 'docs-site/content';
const readmeFile = join(import.meta.dirname, '../../README.md');

export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The text below a heading of the README, up to the next one: what is measured or tested is written down there alone. */
export function readmeSection(heading: string): string {
  const text = readFileSync(readmeFile, 'utf8');
  const found = text.split(/^## /m).find((section) => section.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`The README has no heading "${heading}"`);
  return found
    .slice(heading.length)
    .replaceAll(/<!--.*?-->/gs, '')
    .replaceAll(/\[([^\]]+)\]\((?!\w+:)[^)]*\)/g, '$1');
}

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

/** The headings of a page's markup, for its table of contents. */
export function headingsOf(html: string): readonly Heading[] {
  return [...html.matchAll(/<h([23]) id="([^"]+)"[^>]*>(.*?)<a class="anchor"/gs)].map((match) => ({
    level: Number(match[1]),
    id: match[2]!,
    text: match[3]!.replaceAll(/<[^>]+>/g, '').trim(),
  }));
}

function plainText(token: Token | undefined): string {
  return (token?.children ?? []).map((child) => (child.type === 'text' || child.type === 'code_inline' ? child.content : '')).join('');
}

/** With `words`, the fence is live on pages that ask for it: `components/fences` reads them. */
export function codeBlock(text: string, language: string, words = ''): string {
  const name = language === 'sh' ? 'Shell' : language.toUpperCase();
  const frame = `class="code" tabindex="0" role="group" aria-label="Code, ${escapeHtml(name)}"`;
  if (words !== '')
    return `<pre ${frame} data-bv="${escapeHtml(words)}"><code class="language-${language}">${highlight(text, language)}</code></pre>\n`;
  return `<div class="code-block"><pre ${frame}><code>${highlight(text, language)}</code></pre></div>\n`;
}

export function configureMarkdown(markdown: MarkdownIt): void {
  markdown.set({ html: true, linkify: false, typographer: false });

  markdown.core.ruler.push('site', ({ tokens, env }) => {
    const seen = new Map<string, number>();
    tokens.forEach((token, index) => {
      if (token.type === 'heading_open' && token.tag !== 'h1') {
        const slug = slugOf(plainText(tokens[index + 1])) || 'section';
        const count = seen.get(slug) ?? 0;
        seen.set(slug, count + 1);
        token.attrSet('id', count === 0 ? slug : `${slug}-${count + 1}`);
      }
      for (const child of token.children ?? []) {
        const href = child.type === 'link_open' ? child.attrGet('href') : null;
        if (href !== null && env.page !== undefined) child.attrSet('href', siteLink(href, env.page.inputPath, contentFolder));
      }
    });
  });

  const { rules } = markdown.renderer;
  rules['fence'] = (tokens, index, _options, env) => {
    const { info, content } = tokens[index]!;
    const [language = 'text', ...words] = info.trim().split(/\s+/);
    const [name = ''] = words;
    if (language === 'example') return renderExample(name || content.trim());
    if (language === 'command-help') return codeBlock(commandHelp(), 'text');
    if (language === 'conformance') return markdown.render(failuresTable(name === 'quickjs' ? name : 'native'), env);
    if (language === 'readme') return markdown.render(readmeSection(content.trim()), env);
    return codeBlock(content.replace(/\n$/, ''), language || 'text', words.join(' '));
  };
  // Wide tables scroll by themselves, with the keyboard too.
  rules['table_open'] = () => '<div class="table" tabindex="0" role="group" aria-label="Table">\n<table>\n';
  rules['table_close'] = () => '</table>\n</div>\n';
  rules['heading_close'] = (tokens, index) => {
    const open = tokens[index - 2]!;
    const id = open.attrGet('id');
    const { tag } = tokens[index]!;
    if (id === null) return `</${tag}>\n`;
    const text = escapeHtml(plainText(tokens[index - 1]));
    return ` <a class="anchor" href="#${id}"><span aria-hidden="true">#</span><span class="visually-hidden">Link to “${text}”</span></a></${tag}>\n`;
  };
}
