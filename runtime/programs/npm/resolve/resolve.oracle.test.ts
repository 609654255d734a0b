/** Our resolver on the recorded projects: the same lockfiles to the byte, the same tree, commands, warnings and errors as real npm. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { before, describe, it } from 'node:test';
import { nodeFiles } from '../../../../cli/node-files.ts';
import { buildResolver, type Resolver } from '../../../tools/build/npm-resolver.ts';
import { allProjects, frozenRegistry, readRecords } from '../../../tools/npm-oracle/fixtures.ts';
import { readFiles, readTree, writeFiles } from '../../../tools/npm-oracle/folder.ts';
import type { PlannedNode, TreePlan } from '../install/tree-plan.ts';
import type { Resolution, ResolveError } from './request.ts';
import { frozenAddress, type FrozenRegistry } from './testing/frozen-registry.ts';
import type { NpmProject, Step, StepRecord } from './testing/projects.ts';

const records = readRecords();
const [nodeVersion, npmVersion] = ['v24.21.0', '11.21.2'];

/** Where npm links the commands of a package: beside it. */
function binsOf(nodes: readonly PlannedNode[]): Record<string, string> {
  const bins: [string, string][] = nodes.flatMap(({ place, bin = {} }) => {
    const modules = place.slice(0, place.lastIndexOf('node_modules') + 'node_modules'.length);
    return Object.entries(bin).map(([name, path]): [string, string] => [
      `${modules}/.bin/${name}`,
      posix.relative(`${modules}/.bin`, posix.join(place, path)),
    ]);
  });
  // Of two packages with the same command the first has it.
  return Object.fromEntries(bins.reverse().sort(([a], [b]) => (a < b ? -1 : 1)));
}

function treeOf(nodes: readonly PlannedNode[]): Record<string, string> {
  return Object.fromEntries(nodes.map((node) => [node.place, node.kind === 'link' ? `-> ${node.target}` : `${node.name}@${node.version}`]));
}

/** Makes what a plan says, as far as the next step looks at it. */
function apply({ root, nodes, files }: TreePlan): void {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  for (const node of nodes) {
    const at = join(root, node.place);
    rmSync(at, { recursive: true, force: true });
    mkdirSync(node.kind === 'link' ? dirname(at) : at, { recursive: true });
    if (node.kind === 'link') symlinkSync(node.target, at);
    else
      writeFileSync(
        join(at, 'package.json'),
        JSON.stringify(manifests.get(`${node.name}@${node.version}`) ?? { name: node.name, version: node.version }),
      );
  }
  for (const [place, target] of Object.entries(binsOf(nodes))) {
    mkdirSync(dirname(join(root, place)), { recursive: true });
    symlinkSync(target, join(root, place));
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
const manifests = new Map<string, object>();

function messagesOf({ warnings, deprecations }: Pick<Resolution, 'warnings' | 'deprecations'>): string[] {
  return [
    ...warnings.flatMap(({ code, lines }) => lines.map((line) => `npm warn ${code === '' ? '' : `${code} `}${line}`.trimEnd())),
    ...deprecations.map(({ name, version, message }) => `npm warn deprecated ${name}@${version}: ${message}`),
  ];
}

describe('resolve()', () => {
  let resolver: Resolver;
  let registry: FrozenRegistry;
  before(async () => {
    resolver = await buildResolver();
    registry = await frozenRegistry();
  });
  async function take(root: string, step: Step): Promise<Omit<StepRecord, 'files'>> {
    const config = { registry: frozenAddress, nodeVersion, npmVersion, ...step.config };
    try {
      const resolution = await resolver.resolveTree({ root, files: nodeFiles, source: registry, config, ...step.request });
      for (const node of resolution.plan.nodes) {
        if (node.kind !== 'package') continue;
        const { versions } = await registry.packument(node.name).catch(() => ({ versions: undefined }));
        const manifest = versions?.[node.version];
        if (manifest !== undefined) manifests.set(`${node.name}@${node.version}`, manifest);
      }
      apply(resolution.plan);
      return { code: 0, tree: treeOf(resolution.plan.nodes), bins: binsOf(resolution.plan.nodes), messages: messagesOf(resolution) };
    } catch (error) {
      if (!(error instanceof resolver.ResolveError)) throw error;
      const { code, report } = error as ResolveError;
      return {
        code: 1,
        ...readTree(root),
        messages: [`npm error code ${code}`, ...report.map((line) => `npm error ${line}`.trimEnd())],
      };
    }
  }

  async function check({ files, steps }: NpmProject, recorded: readonly StepRecord[]): Promise<void> {
    const parent = mkdtempSync(join(realpathSync(tmpdir()), 'npm-project-'));
    const root = join(parent, 'project');
    mkdirSync(root);
    try {
      writeFiles(root, files);
      for (const [index, step] of steps.entries()) {
        const expected = recorded[index];
        assert.ok(expected !== undefined);
        writeFiles(root, step.files ?? {});
        const earlier = readFiles(root);
        const { code, tree, bins, messages } = await take(root, step);
        const later = readFiles(root);
        const at = `after npm ${step.args.join(' ')} (step ${index})`;
        const texts = messages.map((line) => line.replaceAll(root, '<project>')).filter((line) => line !== '');
        assert.deepEqual(texts.map(trimmed), ofResolver(expected.messages), `messages ${at}`);
        assert.equal(code === 0, expected.code === 0, `exit code ${at}`);
        for (const [path, text] of Object.entries(expected.files)) assert.equal(later[path], text, `${path} ${at}`);
        for (const [path, text] of Object.entries(later))
          if (!(path in expected.files)) assert.equal(text, earlier[path], `${path} is left alone ${at}`);
        assert.deepEqual(tree, expected.tree, `tree ${at}`);
        assert.deepEqual(bins, expected.bins, `commands ${at}`);
      }
    } finally {
      rmSync(parent, { recursive: true });
    }
  }

  for (const project of allProjects()) {
    it(`decides as npm does: ${project.name}`, async () => {
      const recorded = records[project.name];
      assert.ok(recorded !== undefined, `"${project.name}" is not recorded: run runtime/tools/record-npm-trees.ts`);
      await check(project, recorded);
    });
  }
});

/** Without what npm's command line says before a tree is decided on, and where it put the report of a conflict. */
function ofResolver(messages: readonly string[]): string[] {
  const lines = messages.map(trimmed).filter((line) => !line.startsWith('npm warn using --force'));
  while (lines.at(-1) === 'npm error') lines.pop();
  return lines;
}

/** npm ends some of its lines in blanks. */
function trimmed(line: string): string {
  return line.trimEnd();
}
