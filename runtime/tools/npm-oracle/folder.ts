/** A project on the real disk: written, and read back as a record has it. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { frozenAddress, tarballOf } from '../../programs/npm/resolve/testing/frozen-registry.ts';
import type { Files } from '../../programs/npm/resolve/testing/projects.ts';
import type { PackumentVersion } from '../../programs/npm/resolve/request.ts';

/** @param address Put in the place of the registry's. */
export function writeFiles(folder: string, files: Files, address = frozenAddress): void {
  for (const [path, contents] of Object.entries(files)) {
    const at = join(folder, path);
    if (contents === null) {
      rmSync(at, { recursive: true, force: true });
      continue;
    }
    mkdirSync(dirname(at), { recursive: true });
    if (typeof contents === 'string') writeFileSync(at, contents.replaceAll(frozenAddress, address));
    else if ('tarball' in contents) writeFileSync(at, tarballOf(contents.tarball as PackumentVersion));
    else writeFileSync(at, `${JSON.stringify(contents, null, 2)}\n`.replaceAll(frozenAddress, address));
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Manifests and lockfiles by path, with the placeholder for the registry. */
export function readFiles(folder: string, address = frozenAddress): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (inside: string) => {
    for (const entry of readdirSync(join(folder, inside), { withFileTypes: true })) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules') walk(path);
      else if (entry.name === 'package.json' || entry.name === 'package-lock.json' || entry.name === 'yarn.lock')
        found[path] = readFileSync(join(folder, path), 'utf8').replaceAll(address, frozenAddress);
    }
  };
  walk('');
  const hidden = 'node_modules/.package-lock.json';
  if (isThere(join(folder, hidden))) found[hidden] = readFileSync(join(folder, hidden), 'utf8').replaceAll(address, frozenAddress);
  return found;
}

/** What is in every `node_modules` of the project. */
export function readTree(folder: string): { tree: Record<string, string>; bins: Record<string, string> } {
  const tree: Record<string, string> = {};
  const bins: Record<string, string> = {};
  const walkPackage = (place: string) => {
    const at = join(folder, place);
    if (lstatSync(at).isSymbolicLink()) {
      tree[place] = `-> ${readlinkSync(at)}`;
      return;
    }
    if (isThere(join(at, 'package.json'))) {
      const { name, version } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as Record<string, string>;
      tree[place] = `${name}@${version}`;
    }
    if (isThere(join(at, 'node_modules'))) walkModules(`${place}/node_modules`);
  };
  const walkModules = (place: string) => {
    for (const { name } of readdirSync(join(folder, place), { withFileTypes: true })) {
      if (name === '.bin')
        for (const bin of readdirSync(join(folder, place, name)))
          bins[`${place}/${name}/${bin}`] = readlinkSync(join(folder, place, name, bin));
      else if (name.startsWith('@')) for (const scoped of readdirSync(join(folder, place, name))) walkPackage(`${place}/${name}/${scoped}`);
      else if (!name.startsWith('.')) walkPackage(`${place}/${name}`);
    }
  };
  const walkFolders = (inside: string) => {
    for (const entry of readdirSync(join(folder, inside), { withFileTypes: true })) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (!entry.isDirectory()) continue;
      if (entry.name === 'node_modules') walkModules(path);
      else walkFolders(path);
    }
  };
  walkFolders('');
  const sorted = (record: Record<string, string>) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { tree: sorted(tree), bins: sorted(bins) };
}
