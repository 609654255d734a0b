/** The frame of every page. Links are `site:…`; the build makes them relative. */
import { escapeHtml } from '../build/highlight.ts';
import { headingsOf } from '../build/markdown.ts';
import { neighbours } from '../build/navigation.ts';
import type { Chapter } from '../build/navigation.ts';

interface PageData {
  readonly title: string;
  readonly description: string;
  readonly content: string;
  readonly page: { readonly url: string };
  readonly chapters: readonly Chapter[];
  /** Titles of all pages by their address. */
  readonly titles: ReadonlyMap<string, string>;
  /** What `data-auto` of the script says, on pages whose own fences are live. */
  readonly auto?: string;
  /** Of each element. */
  readonly elements: readonly { readonly url: string; readonly title: string; readonly description: string }[];
  /** The front page: wide, without a table of contents. */
  readonly wide?: boolean;
}

const icon = (path: string) =>
  `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`;

const titleOf = (titles: PageData['titles'], url: string) => escapeHtml(titles.get(url) ?? url);

function menu({ chapters, titles }: PageData, current: string): string {
  const link = (url: string) =>
    `<li><a href="site:${url}"${url === current ? ' aria-current="page"' : ''}>${titleOf(titles, url)}</a></li>`;
  return chapters
    .map(({ title, pages }) => `<section><h2>${escapeHtml(title)}</h2><ul>${pages.map(link).join('')}</ul></section>`)
    .join('');
}

function contents(html: string): string {
  const headings = headingsOf(html);
  if (headings.length < 2) return '';
  const link = ({ id, text, level }: (typeof headings)[number]) => `<li class="level-${level}"><a href="#${id}">${text}</a></li>`;
  return `<nav class="toc" aria-labelledby="toc-title"><h2 id="toc-title">On this page</h2><ul>${headings.map(link).join('')}</ul></nav>`;
}

function pager({ chapters, titles }: PageData, current: string): string {
  const { previous, next } = neighbours(chapters, current);
  const link = (url: string | undefined, rel: string, label: string) =>
    url === undefined ? '' : `<a class="${rel}" rel="${rel}" href="site:${url}"><small>${label}</small>${titleOf(titles, url)}</a>`;
  return `<nav class="pager" aria-label="Previous and next page">${link(previous, 'prev', 'Previous')}${link(next, 'next', 'Next')}</nav>`;
}

/** Lists that are made of all pages. */
function withLists(data: PageData, content: string): string {
  const elements = data.elements.map(
    ({ url, title, description }) => `<li><a href="site:${url}"><code>${escapeHtml(title)}</code></a>: ${escapeHtml(description)}</li>`,
  );
  return content
    .replace('<!-- all pages -->', () => `<div class="all-pages">${menu(data, '')}</div>`)
    .replace('<!-- elements -->', () => `<ul>${elements.join('')}</ul>`);
}

export function render(data: PageData): string {
  const { title, description, page, wide = false, auto } = data;
  const content = withLists(data, data.content);
  const current = page.url.replace(/^\//, '');
  const live = auto !== undefined || content.includes('<bv-');
  const name = escapeHtml(title);
  return `<!doctype html>
<html lang="en" dir="ltr" data-root="site:">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${current === '' ? `bavini: ${name}` : `${name} · bavini`}</title>
<meta name="description" content="${escapeHtml(description)}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="site:assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="site:assets/site.css">
<script src="site:assets/colours.js"></script>
<script type="module" src="site:assets/site.js"></script>
${live ? '<script type="module" src="site:bavini/bavini.js"' + (auto === undefined ? '' : ` data-auto="${escapeHtml(auto)}"`) + '></script>' : ''}
</head>
<body${wide ? ' class="wide"' : ''}>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<button type="button" class="menu-button icon" aria-expanded="false" aria-controls="menu" aria-label="Menu">${icon('<path d="M4 6h16M4 12h16M4 18h16"/>')}</button>
<a class="brand" href="site:"><img src="site:assets/icon.svg" alt="" width="28" height="28">bavini</a>
<button type="button" class="search-button">${icon('<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>')}<span>Search</span><kbd>/</kbd></button>
<button type="button" class="theme-button icon" aria-label="Colours: as the system">${icon('<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>')}</button>
</header>
<div class="columns">
<nav class="menu" id="menu" aria-label="Documentation">${menu(data, current)}</nav>
<main id="main" tabindex="-1">
<article>
<h1>${name}</h1>
${content}
</article>
${pager(data, current)}
</main>
${wide ? '' : contents(content)}
</div>
<footer class="bottom"><p>MIT licence. This site is static files: no cookies, no accounts, nothing from other hosts. <a href="site:sitemap/">All pages</a></p></footer>
</body>
</html>
`;
}
