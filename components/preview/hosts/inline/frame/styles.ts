/** Style sheets whose `@import` and `url()` lead to the server: every such URL becomes a `blob:` URL of what it names. */
import type { PageLocation } from './page-location.ts';

export interface StyleLoader {
  /** A `blob:` URL of the resource; undefined if it cannot be had. */
  resource(url: string): Promise<string | undefined>;
  /** A `blob:` URL of the style sheet, itself rewritten; undefined if it cannot be had. */
  sheet(url: string): Promise<string | undefined>;
}

/** Comments and strings are skipped over, so that nothing inside of them is taken for a URL. */
const tokens =
  /\/\*[\s\S]*?(?:\*\/|$)|@import\s+(?:url\(\s*)?(?:"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)'|([^\s"'()][^\s"'()]*))\s*\)?|url\(\s*(?:"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)'|((?:[^\s"'()\\]|\\[\s\S])*))\s*\)|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/gi;

function unescape(text: string): string {
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|\n|([\s\S]))/gi, (_, hex: string | undefined, character: string | undefined) =>
    hex !== undefined ? String.fromCodePoint(parseInt(hex, 16)) : (character ?? ''),
  );
}

/** Whether there is anything to rewrite. */
export function mayHaveUrls(css: string): boolean {
  return /url\(|@import/i.test(css);
}

/** `css`, found at `base`, with every URL of the server replaced. What cannot be loaded stays as it is. */
export async function rewriteStyle(css: string, base: string, location: PageLocation, loader: StyleLoader): Promise<string> {
  if (!mayHaveUrls(css)) return css;
  const pieces: (string | Promise<string>)[] = [];
  let at = 0;
  for (const match of css.matchAll(tokens)) {
    const [whole, ...groups] = match;
    const isImport = /^@import/i.test(whole);
    const found = groups.find((group) => group !== undefined);
    if (found === undefined || found === '') continue;
    const text = unescape(found);
    if (text.startsWith('#')) continue;
    const url = location.serverUrl(text, base);
    if (url === undefined) continue;
    pieces.push(css.slice(at, match.index));
    at = match.index + whole.length;
    if (isImport) pieces.push(loader.sheet(url).then((blob) => `@import url("${blob ?? 'data:text/css,'}")`));
    else {
      const hash = new URL(url).hash;
      pieces.push(loader.resource(url).then((blob) => (blob === undefined ? whole : `url("${blob}${hash}")`)));
    }
  }
  pieces.push(css.slice(at));
  return (await Promise.all(pieces)).join('');
}
