/** The index that the search reads: every section of every page, made once at build. */
import MiniSearch from 'minisearch';
import { searchOptions } from '../theme/search-options.ts';
import type { SearchEntry } from '../theme/search-options.ts';

const toText = (html: string) =>
  html
    .replaceAll(/<(script|style|pre path|template)[\s\S]*?<\/(?:script|style|pre|template)>/g, ' ')
    .replaceAll(/<details>\s*<summary>The HTML[\s\S]*?<\/details>/g, ' ')
    .replaceAll(/<a class="anchor"[\s\S]*?<\/a>/g, ' ')
    .replaceAll(/<\/?(?:span|code|a|b|em|strong|kbd)\b[^>]*>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&(lt|gt|quot|amp|#39);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'" })[name] ?? ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

export interface IndexedPage {
  /** Below the root of the site. */
  readonly url: string;
  readonly title: string;
  /** The markup of its article. */
  readonly html: string;
}

export function searchEntries(pages: readonly IndexedPage[]): readonly SearchEntry[] {
  return pages.flatMap(({ url, title, html }) => {
    const [head = '', ...sections] = html.split(/(?=<h[23] id=")/);
    return [
      { id: url, page: title, title, text: toText(head) },
      ...sections.map((section) => {
        const [, id = '', heading = '', body = ''] = /^<h[23] id="([^"]+)"[^>]*>([\s\S]*?)<\/h[23]>([\s\S]*)$/.exec(section) ?? [];
        return { id: `${url}#${id}`, page: title, title: toText(heading), text: toText(body) };
      }),
    ].filter(({ text, id }) => text !== '' || !id.includes('#'));
  });
}

export function searchIndex(pages: readonly IndexedPage[]): string {
  const search = new MiniSearch<SearchEntry>(searchOptions);
  search.addAll(searchEntries(pages).map((entry) => ({ ...entry, text: entry.text.slice(0, 4000) })));
  return JSON.stringify(search);
}
