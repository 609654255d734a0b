/** The site, as Eleventy is told to build it. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EleventyConfig } from '@11ty/eleventy';
import { build } from 'esbuild';
import { apiPages } from './api-reference.ts';
import { elementPages } from './element-reference.ts';
import { configureMarkdown } from './markdown.ts';
import { chaptersWith } from './navigation.ts';
import type { ReferencePage } from './reference-page.ts';
import { withRelativeLinks } from './relative-links.ts';
import { searchIndex } from './search-index.ts';
import type { IndexedPage } from './search-index.ts';

const folder = join(import.meta.dirname, '..');
const dist = join(folder, '../dist');

/** Of the package, what a reader's browser may ask for. */
const isServed = (path: string) => !/[\\/]dist[\\/](?:types|cli)(?:[\\/]|$)|custom-elements\.json$|\.tsbuildinfo$/.test(path);

const layout = 'page.11ty.ts';

/** The front matter's lines that matter here; values are plain text on one line. */
function frontMatter(text: string): Readonly<Record<string, string>> {
  const [, block = ''] = /^---\n([\s\S]*?)\n---/.exec(text) ?? [];
  return Object.fromEntries([...block.matchAll(/^(\w+): (.*)$/gm)].map((match) => [match[1]!, match[2]!.replace(/^(['"])(.*)\1$/, '$2')]));
}

/** As the menu has it. */
function titleOf(url: string): string {
  const path = url === '' ? 'index' : url.replace(/\/$/, '');
  const file = [`${path}.md`, `${path}/index.md`].map((name) => join(folder, 'content', name)).find(existsSync);
  if (file === undefined) throw new Error(`The navigation names "${url}", which no file of docs-site/content is`);
  const { title = url, menu = title } = frontMatter(readFileSync(file, 'utf8'));
  return menu;
}

let packed: Buffer | undefined;

/** What `npm publish` would publish, for readers to install; made once. */
function packageArchive(): Buffer {
  if (packed !== undefined) return packed;
  const made = mkdtempSync(join(folder, '../.cache/pack-'));
  try {
    const { npm_execpath: npm } = process.env;
    const options = ['pack', '--ignore-scripts', '--silent', '--pack-destination', made];
    if (npm?.endsWith('.js') === true) execFileSync(process.execPath, [npm, ...options], { cwd: join(folder, '..') });
    else execFileSync('npm', options, { cwd: join(folder, '..'), shell: process.platform === 'win32' });
    packed = readFileSync(join(made, readdirSync(made)[0]!));
    return packed;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Scripts and styles of the site itself, and the package beside them, as a reader would host it. */
async function copyAssets(output: string): Promise<void> {
  const assets = join(output, 'assets');
  mkdirSync(assets, { recursive: true });
  await build({
    entryPoints: [join(folder, 'theme/site.ts')],
    outdir: assets,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    logLevel: 'warning',
  });
  const plain = ['theme/colours.ts', 'theme/site.css'].map((file) => join(folder, file));
  await build({ entryPoints: plain, outdir: assets, bundle: true, format: 'iife', minify: true, target: 'es2022', logLevel: 'warning' });
  cpSync(join(folder, 'theme/icon.svg'), join(assets, 'icon.svg'));
  writeFileSync(join(assets, 'bavini.tgz'), packageArchive());
  cpSync(dist, join(output, 'bavini'), { recursive: true, filter: isServed });
}

export function configureSite(config: EleventyConfig, output: string): void {
  const manifest = join(dist, 'custom-elements.json');
  if (!existsSync(manifest)) throw new Error('The site shows what was built: run npm run build first');
  const elements = elementPages(manifest);
  const reference: readonly ReferencePage[] = [...elements, ...apiPages()];
  const chapters = chaptersWith(reference);
  const made = new Map(reference.map(({ url, title }) => [url, title]));
  const titles = new Map(chapters.flatMap(({ pages }) => pages.map((url) => [url, made.get(url) ?? titleOf(url)] as const)));
  const pages = new Map<string, IndexedPage>();

  config.setIncludesDirectory('../layouts');
  config.addExtension('11ty.ts', { key: '11ty.js' });
  config.amendLibrary('md', configureMarkdown);
  config.addGlobalData('layout', layout);
  // Code on the pages is full of braces: no template language reads Markdown first.
  config.addGlobalData('templateEngineOverride', 'md');
  config.addGlobalData('chapters', chapters);
  config.addGlobalData('titles', titles);
  config.addGlobalData('elements', elements);
  config.addWatchTarget(join(folder, 'theme'));
  config.addWatchTarget(join(folder, 'examples'));
  for (const { url, title, description, markdown } of reference)
    config.addTemplate(`${url.replace(/\/$/, '')}.md`, markdown, { title, description });

  config.addTransform('relative links', function (html) {
    const { url } = this.page;
    const [, article] = /<article>([\s\S]*)<\/article>/.exec(html) ?? [];
    const address = url.replace(/^\//, '');
    if (article !== undefined && titles.has(address)) pages.set(address, { url: address, title: titles.get(address)!, html: article });
    return withRelativeLinks(html, url);
  });
  config.addTransform('script of the page that needs no file', async function (html) {
    if (!html.includes('NOT_FOUND_SCRIPT')) return html;
    const { outputFiles } = await build({ entryPoints: [join(folder, 'theme/not-found.ts')], bundle: true, minify: true, write: false });
    return html.replace('NOT_FOUND_SCRIPT', () => outputFiles[0]!.text.trim());
  });
  config.on('eleventy.after', async () => {
    await copyAssets(output);
    writeFileSync(join(output, 'assets/search.json'), searchIndex([...pages.values()]));
  });
}
