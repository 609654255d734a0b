/** Collects the licences of the packages whose code really is in a bundle, for `dist/THIRD-PARTY-LICENSES.txt`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import type { Plugin } from 'rollup';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/** Keyed by folder of the package: a package may be bundled at two versions. Filled by every bundle of a build. */
export const bundledPackages = new Map<string, BundledPackage>();

/** Of the licence itself, and of what the package was made from: prettier's are bundles. */
const noticeFile = /^(licen[cs]e|copying|notice|third-?party-?(notices|licen[cs]es))\b/i;

const ownLicence = fileURLToPath(new URL('../../../LICENSE', import.meta.url));

/** The folder of the package that the module `id` belongs to, `undefined` for our own. Plugins mark modules that they make with a NUL. */
export function packageFolderOf(id: string): string | undefined {
  return /^\0*(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1];
}

/** What the comments at the head of a package's files say of rights, each paragraph once. */
function headersOf(folder: string): string[] {
  const paragraphs = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.[cm]?js$/.test(file)) continue;
    const header = /^\s*\/\*!?([^]*?)\*\//.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? '';
    if (!/copyright/i.test(header)) continue;
    for (const paragraph of header.split(/\n\s*\n/)) {
      if (/copyright|licen[cs]e/i.test(paragraph)) paragraphs.add(paragraph.replace(/^[\s*]+/gm, '').trim());
    }
  }
  return [...paragraphs];
}

/** For a package without a file for it: the text that its manifest names, with its author, and what its own files say. */
function impliedNotice(folder: string, { name, license, author }: Manifest): string[] {
  const holder = typeof author === 'object' ? author.name : author;
  if (license !== 'MIT' || holder === undefined) throw new Error(`Cannot ship "${name}": it brings no text of its licence, ${license}`);
  const mit = readFileSync(ownLicence, 'utf8').replace(/^(Copyright \(c\)) .*$/m, `$1 ${holder}`);
  return [mit, ...headersOf(folder)];
}

/** A package as it lies in `folder`. Fails if it names no licence, or where the text of the one that it names cannot be known. */
export function readPackage(folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  if (manifest.license === undefined) throw new Error(`Cannot ship "${manifest.name}": its package.json names no license`);
  const files = readdirSync(folder).filter((name) => noticeFile.test(name));
  const notices =
    files.length === 0 ? impliedNotice(folder, manifest) : files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
  return {
    name: manifest.name,
    version: manifest.version,
    licence: manifest.license,
    text: notices.map((notice) => notice.trim()).join('\n\n'),
  };
}

/** Notes that a bundle has code of the package in `folder`. */
export function countPackage(folder: string): void {
  // Windows writes a path in two ways.
  const key = folder.replaceAll('\\', '/');
  if (!bundledPackages.has(key)) bundledPackages.set(key, readPackage(folder));
}

/** Folders of the packages that esbuild's outputs have code of, as it names its inputs. */
export function packagesOfOutputs({ outputs }: Metafile): Set<string> {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = packageFolderOf(file);
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return folders;
}

/** A Rollup plugin that remembers every package that a chunk has code of. */
export function collectLicences(): Plugin {
  return {
    name: 'collect-licences',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const [id, module] of Object.entries(chunk.modules)) {
          const folder = packageFolderOf(id);
          if (folder !== undefined && module.renderedLength > 0) countPackage(folder);
        }
      }
    },
  };
}

/** The text of `THIRD-PARTY-LICENSES.txt`. */
export function licenceText(packages: Iterable<BundledPackage>): string {
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map((p) => `${'='.repeat(80)}\n${p.name} ${p.version} (${p.licence})\n${'='.repeat(80)}\n\n${p.text}\n`).join('\n');
}
