/** Recorded projects as the code under test wants them. */
import fs from 'node:fs';
import path from 'node:path';
import type { PlannedNode, TreePlan } from '../../install/tree-plan.ts';
import type { PackageSource, ResolvedPackument } from '../../resolve/request.ts';
import { Facts } from '../facts.ts';
import { commandsOf, readProject, type Project, type ProjectFiles } from '../project.ts';
import { tarballAddress } from '../specifiers.ts';
import { projects, type RealManager } from './projects.ts';
import { placeholder, type ManagerRecord } from './records.ts';

const fixtures = path.join(import.meta.dirname, '../fixtures');

interface Packed {
  readonly packuments: readonly ResolvedPackument[];
}
const packuments = new Map(
  [
    ...(JSON.parse(fs.readFileSync(path.join(fixtures, 'registry.json'), 'utf8')) as ResolvedPackument[]),
    ...(JSON.parse(fs.readFileSync(path.join(fixtures, 'packed.json'), 'utf8')) as Packed).packuments,
  ].map((packument) => [packument.name, packument]),
);

/** The recorded registry. */
export const fixtureSource: PackageSource = {
  packument(name) {
    const found = packuments.get(name);
    return found === undefined ? Promise.reject(new Error(`E404 ${name}`)) : Promise.resolve(found);
  },
  replaceHost: (address) => address,
  tarballUrl: (name, version) => tarballAddress(placeholder, name, version),
  tarball(address) {
    return Promise.reject(new Error(`No tarball is recorded: ${address}`));
  },
};

/** Facts of everything recorded, loaded. */
export async function allFacts(): Promise<Facts> {
  const facts = new Facts(fixtureSource);
  await facts.loadAll(packuments.keys());
  return facts;
}

export const fixtureRegistry = placeholder;

export function readRecord(manager: RealManager, project: string): ManagerRecord {
  return JSON.parse(fs.readFileSync(path.join(fixtures, manager, `${project}.json`), 'utf8')) as ManagerRecord;
}

/** The files of a project, with those of `changed` instead. */
export function fixtureFiles(name: string, manager: RealManager, changed: Readonly<Record<string, string>> = {}): ProjectFiles {
  const project = projects.find((each) => each.name === name);
  if (project === undefined) throw new RangeError(`No project "${name}"`);
  const files = new Map<string, string>();
  for (const [file, content] of Object.entries(project.files(manager))) {
    files.set(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  for (const [file, content] of Object.entries(changed)) files.set(file, content);
  return {
    read: (file) => files.get(file),
    folders: (folder) => [
      ...new Set(
        [...files.keys()]
          .filter((file) => folder === '' || file.startsWith(`${folder}/`))
          .map((file) => (folder === '' ? file : file.slice(folder.length + 1)))
          .filter((rest) => rest.includes('/'))
          .map((rest) => rest.slice(0, rest.indexOf('/'))),
      ),
    ],
  };
}

export function fixtureProject(name: string, manager: RealManager, manifest?: string, patterns?: readonly string[]): Project {
  return readProject('/project', fixtureFiles(name, manager, manifest === undefined ? {} : { 'package.json': manifest }), patterns);
}

/** Manifests of the folders of a project that are no workspaces. */
export function fixtureFolders(
  name: string,
  manager: RealManager,
): Map<string, { name?: string; version?: string; bin?: unknown; dependencies?: Record<string, string> }> {
  const files = fixtureFiles(name, manager);
  return new Map(
    files.folders('').flatMap((folder) => {
      const text = files.read(`${folder}/package.json`);
      return text === undefined ? [] : [[folder, JSON.parse(text) as { name?: string }] as const];
    }),
  );
}

/** What an installer would make of a plan, in the words of `readTree`. Bundled packages are not in it. */
export function treeOf(
  plan: TreePlan,
  manifests: (folder: string) => { readonly name?: string; readonly bin?: unknown } | undefined,
): Record<string, string> {
  const tree: Record<string, string> = {};
  const places = new Map<string, PlannedNode>();
  for (const node of plan.nodes) {
    places.set(node.place, node);
    tree[node.place] = node.kind === 'link' ? `-> ${node.target}` : `${node.name}@${node.version}`;
  }
  for (const { into, from } of plan.commands ?? []) {
    const node = places.get(from);
    const bin = node?.kind === 'package' ? (node.bin ?? {}) : commandsOf(manifests(from) ?? {});
    for (const [command, file] of Object.entries(bin)) {
      const target = path.posix.relative(into, path.posix.join(from, file));
      tree[`${into}/${command}`] ??= `=> ${target}`;
    }
  }
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A recorded tree without what came inside of tarballs. */
export function comparableTree(tree: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([place]) => !place.endsWith('bundling/node_modules/inner'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
