/** Collects the licences of the packages whose code really is in a bundle, for `dist/THIRD-PARTY-LICENSES.txt`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rollup';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/** Keyed by folder of the package: a package may be bundled at two versions. Filled by every bundle of a build. */
export const bundledPackages = new Map<string, BundledPackage>();

const packageFolder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** A package as it lies in `folder`. Fails if it names no licence. */
export function readPackage(folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string };
  if (manifest.license === undefined) throw new Error(`Cannot ship "${manifest.name}": its package.json names no license`);
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return {
    name: manifest.name,
    version: manifest.version,
    licence: manifest.license,
    text: file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim(),
  };
}

/** A Rollup plugin that remembers every package that a chunk has code of. */
export function collectLicences(root: string): Plugin {
  return {
    name: 'collect-licences',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const [id, module] of Object.entries(chunk.modules)) {
          const folder = packageFolder.exec(id.replaceAll('\\', '/'))?.[1];
          if (folder === undefined || module.renderedLength === 0 || bundledPackages.has(folder)) continue;
          bundledPackages.set(folder, readPackage(folder.replace(/^\0+/, '')));
        }
      }
      void root;
    },
  };
}

/** The text of `THIRD-PARTY-LICENSES.txt`. */
export function licenceText(packages: Iterable<BundledPackage>): string {
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map((p) => `${'='.repeat(80)}\n${p.name} ${p.version} (${p.licence})\n${'='.repeat(80)}\n\n${p.text}\n`).join('\n');
}
