import type { Options } from 'minisearch';

export interface SearchEntry {
  /** The address below the root of the site, with the section's anchor. */
  readonly id: string;
  readonly page: string;
  readonly title: string;
  readonly text: string;
}

/** The build and the page must read words the same way. */
export const searchOptions: Options<SearchEntry> = {
  fields: ['title', 'page', 'text'],
  storeFields: ['page', 'title'],
  tokenize: (text) =>
    text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean),
  searchOptions: { boost: { title: 4, page: 2 }, prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false), combineWith: 'AND' },
};
