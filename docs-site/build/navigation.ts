/** The pages in the order in which a reader meets them; the reference's own are made by the build. */
import type { ReferencePage } from './reference-page.ts';

export interface Chapter {
  readonly title: string;
  /** Addresses below the root of the site, such as `guides/authoring/`. */
  readonly pages: readonly string[];
}

const written: readonly Chapter[] = [
  { title: 'Start', pages: ['', 'start/quick-start/', 'start/how-it-works/'] },
  {
    title: 'Guides',
    pages: [
      'guides/authoring/',
      'guides/editor/',
      'guides/panes/',
      'guides/lessons/',
      'guides/controls/',
      'guides/code-fences/',
      'guides/command-line/',
      'guides/previews/',
      'guides/packages/',
      'guides/network/',
      'guides/hosting/',
      'guides/site-generators/',
      'guides/bundlers/',
      'guides/content-security-policy/',
      'guides/offline/',
      'guides/security/',
      'guides/accessibility/',
      'guides/browsers/',
      'guides/performance/',
    ],
  },
  {
    title: 'Examples',
    pages: [
      'examples/',
      'examples/http-server/',
      'examples/rest-api/',
      'examples/streams/',
      'examples/files/',
      'examples/shell/',
      'examples/tests/',
      'examples/front-end/',
      'examples/debugging/',
      'examples/workers/',
    ],
  },
  {
    title: 'Coming from',
    pages: ['migration/sandpack/', 'migration/tutorialkit/', 'migration/playground-elements/', 'migration/webcontainers/'],
  },
];

const last: readonly Chapter[] = [{ title: 'More', pages: ['design/', 'compatibility/', 'sitemap/'] }];

/** All chapters. The titles of pages are in their own front matter. */
export function chaptersWith(reference: readonly ReferencePage[]): readonly Chapter[] {
  return [...written, { title: 'Reference', pages: ['reference/', ...reference.map(({ url }) => url)] }, ...last];
}

/** The pages on both sides of one, in reading order. */
export function neighbours(chapters: readonly Chapter[], url: string): { readonly previous?: string; readonly next?: string } {
  const all = chapters.flatMap(({ pages }) => pages);
  const at = all.indexOf(url);
  if (at < 0) return {};
  const [previous, next] = [all[at - 1], all[at + 1]];
  return { ...(previous === undefined ? {} : { previous }), ...(next === undefined ? {} : { next }) };
}
