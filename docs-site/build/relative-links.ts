/** Links between the pages: written as `site:guides/authoring/`, published relative to the page they are on. */
import { posix } from 'node:path';

/** The address of `target` (below the root of the site) as seen from the page `from`, such as `/guides/authoring/`. */
export function relativeTo(from: string, target: string): string {
  const folder = from.endsWith('/') ? from : posix.dirname(from);
  const [path = '', hash] = target.split('#');
  const way = posix.relative(folder, `/${path}`);
  const slash = path === '' || path.endsWith('/') ? '/' : '';
  const link = way === '' ? './' : `${way}${slash}`;
  return hash === undefined ? link : `${link}#${hash}`;
}

/** Makes every `site:` link in markup relative to the page at `url`. */
export function withRelativeLinks(html: string, url: string): string {
  return html.replaceAll(/(\s(?:href|src|data-root)=)"site:([^"]*)"/g, (_, attribute: string, target: string) => {
    return `${attribute}"${relativeTo(url, target)}"`;
  });
}

/** What a link in a Markdown file leads to: another Markdown file of the site becomes its page. */
export function siteLink(href: string, inputPath: string, contentFolder: string): string {
  if (/^(?:\w+:|#)/.test(href)) return href;
  const [path = '', hash] = href.split('#');
  if (!path.endsWith('.md')) return href;
  const file = posix.join(posix.dirname(posix.relative(contentFolder, posix.normalize(inputPath))), path);
  const url = file.replace(/(?:^|(?<=\/))index\.md$/, '').replace(/\.md$/, '/');
  return `site:${url}${hash === undefined ? '' : `#${hash}`}`;
}
