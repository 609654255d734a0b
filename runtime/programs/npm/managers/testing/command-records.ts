/** How outputs of the real managers and of ours are made comparable; what is recorded of them is as for npm (`../../testing/records.ts`). */
import type { RealManager } from './projects.ts';
import { placeholder } from './records.ts';

export const lockfileOf: Readonly<Record<RealManager, string>> = {
  pnpm: 'pnpm-lock.yaml',
  yarn: 'yarn.lock',
  berry: 'yarn.lock',
  bun: 'bun.lock',
};

/** What managers keep for themselves; the layouts' own tests read it. */
const notes =
  /(?:^|\/)(?:\.yarn|\.cache)\/|node_modules\/\.(?:modules\.yaml|yarn-integrity|yarn-state\.yml|package-map\.json|pnpm-workspace-state-v1\.json|pnpm\/.*|package-lock\.json|bin\/[^ ]*)/;

export const isTold = (path: string) => !notes.test(path);

/** Without addresses, times and what depends on how the network was. */
export function plainText(text: string, registry: string): string {
  const host = registry.replace(/\/$/, '');
  return (
    text
      .replaceAll(host, placeholder.slice(0, -1))
      // As folders of pnpm have it.
      .replaceAll(host.replace(/[:/]/g, '+'), placeholder.slice(0, -1).replace(/[:/]/g, '+'))
      .replaceAll(encodeURIComponent(host), encodeURIComponent(placeholder.slice(0, -1)))
      .replace(/^(Progress: .*), (reused \d+, downloaded \d+)/gm, '$1')
      .replace(/^Progress: (?!.*, done$).*\n/gm, '')
      .replace(/ in \d[\d.]*(?:ms|s|m)(?: \d+m?s)?(?=[ .]|$)/gm, ' in TIME')
      .replace(/\[\d[\d.]*m?s\]/g, '[TIME]')
      .replace(/(└ Completed) in TIME$/gm, '$1')
      // What a cache had already, and how often bun asked.
      .replace(/^➤ YN0013: .*\n/gm, '')
      .replace(/^(?:Resolving dependencies|Resolved, downloaded and extracted \[\d+\])\n/gm, '')
      // How files came from a cache that pages do not have.
      .replace(/^Packages are copied from .*\n {2}Content-addressable store is at: .*\n {2}Virtual store is at: .*\n/gm, '')
      .replace(/^info There appears to be trouble with your network connection\. .*\n/gm, '')
      // Said before the download failed.
      .replace(/^Packages: .*\n[+-]+\n(?=.ERR_)/gm, '')
      // Where an exception came from, and a bug of pnpm's.
      .replace(/^    at .*(?:\n|$)/gm, '')
      .replace(/^undefined\n/gm, '')
      .replace(/\n\nThese authorization settings were found:\n@jsr:.*/g, '')
      .replace(/ sha1-[^"]*(?="\)$)/gm, '')
      // Sizes of what was downloaded, and how many files a cache had.
      .replace(/ \(\+ [\d.]+ \w+\)/g, '')
  );
}
