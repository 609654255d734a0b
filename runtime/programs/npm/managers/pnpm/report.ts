/** What pnpm says after an install. */
import type { EndedScript } from '../../install/work.ts';
import type { DependencyField } from '../manifest-edit.ts';
import type { Dependencies, Project } from '../project.ts';
import { normalPath } from '../specifiers.ts';
import { importerReferences } from './layout.ts';
import { nameOfKey, packageKey, snapshotKey, type PnpmLock } from './lockfile.ts';
import type { PnpmProject } from './pnpm-project.ts';

export interface Summary {
  /** The workspace it is about. */
  readonly target: string;
  readonly before: Project;
  readonly after: Project;
  readonly lock: PnpmLock | undefined;
  readonly next: PnpmLock;
  /** The lockfile of what was in place. */
  readonly installed: PnpmLock | undefined;
  readonly omit: ReadonlySet<DependencyField>;
  /** What was asked for is shown, not what was found. */
  readonly asked: boolean;
  /** `pnpm add` without `-D`. */
  readonly addsToProduction: boolean;
}

/** The blocks of what the project itself asks for and what is new of it. */
export async function summary(pnpm: PnpmProject, options: Summary): Promise<void> {
  const { target, lock, next, installed, asked, omit } = options;
  const [before, after] = [options.before, options.after].map(
    (project) => project.workspaces.find(({ folder }) => folder === target)?.manifest,
  );
  const key = target === '' ? '.' : target;
  const facts = await pnpm.run.facts();
  const current = new Set(Object.keys(importerReferences(installed?.importers[key] ?? {})));
  const importer = next.importers[key] ?? {};
  // Where the lockfile stays as it is, what is in place may still be another part of it.
  const isSettled = lock === next;
  const then = (isSettled ? installed : lock)?.importers[key] ?? {};
  const wherever = { now: importerReferences(importer), was: importerReferences(then) };
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'] as const) {
    const lines: string[] = [];
    if (field === 'peerDependencies') {
      for (const [name, range] of newIn(after?.[field], before?.[field])) lines.push(`+ ${name} ${range}`);
      for (const [name, range] of newIn(before?.[field], after?.[field])) lines.push(`- ${name} ${range}`);
      if (lines.length > 0) await pnpm.run.out(`\n${field}:\n${lines.sort(byNameThenSign).join('\n')}`);
      continue;
    }
    const end =
      field === 'devDependencies' && options.addsToProduction ? ' already in devDependencies, was not moved to dependencies.' : '';
    const now = omit.has(field) ? {} : (importer[field] ?? {});
    const was = then[field] ?? {};
    for (const name of new Set([...Object.keys(now), ...Object.keys(was)])) {
      const [fresh, old] = [now[name], was[name]];
      const versionOf = (reference: string | undefined) => {
        const id = reference === undefined ? undefined : snapshotKey(name, reference);
        if (id === undefined) return undefined;
        const locked = next.packages[packageKey(id)] ?? lock?.packages[packageKey(id)];
        return locked?.version ?? packageKey(id).slice(nameOfKey(id).length + 1);
      };
      if (fresh === undefined) {
        const range = before?.[field]?.[name];
        const isMoved = !isSettled && wherever.now[name]?.version === old?.version;
        // Taken out of the manifest by hand.
        const isGone = options.before === options.after && !isMoved;
        if (range !== undefined || isGone) lines.push(`- ${name} ${isMoved ? (range ?? '') : (versionOf(old?.version) ?? '')}`.trimEnd());
        continue;
      }
      if (current.has(name) && wherever.was[name]?.version === fresh.version) {
        if (old === undefined) lines.push(`+ ${name} ${after?.[field]?.[name] ?? ''}${end}`);
        continue;
      }
      const id = snapshotKey(name, fresh.version);
      if (id === undefined) {
        const folder = fresh.version.slice(5);
        const linked = localVersion(pnpm, normalPath(`${target}/${folder}`));
        lines.push(`+ ${name} ${linked} <- ${folder}`);
        continue;
      }
      const published = nameOfKey(id);
      const version = asked ? fresh.specifier : (versionOf(fresh.version) ?? '');
      const latest = facts.packument(published)?.['dist-tags']?.['latest'];
      const newer = latest !== undefined && !asked && compare(latest, version) > 0 && lock !== next ? ` (${latest} is available)` : '';
      const deprecation = isSettled || next.packages[packageKey(id)]?.deprecated === undefined ? '' : ' deprecated';
      if (old !== undefined && current.has(name)) lines.push(`- ${name} ${versionOf(old.version) ?? ''}`);
      lines.push(
        `+ ${name}${published === name ? '' : ` <- ${published}`} ${version.replace(/^file:.*$/, (text) => (lock === next ? `${name}@${text}` : localVersion(pnpm, text.slice(5))))}${newer}${deprecation}${end}`,
      );
    }
    if (lines.length > 0) await pnpm.run.out(`\n${field}:\n${lines.sort(byNameThenSign).join('\n')}`);
    else if (omit.has(field)) await pnpm.run.out(`\n${field}: skipped`);
  }
}

/** What the one list has and the other has not. */
function newIn(list: Dependencies = {}, other: Dependencies = {}): (readonly [string, string])[] {
  return Object.entries(list).filter(([name]) => other[name] === undefined);
}

function localVersion(pnpm: PnpmProject, folder: string): string {
  return (JSON.parse(pnpm.read(`${folder}/package.json`) ?? '{}') as { version?: string }).version ?? '';
}

export function deprecatedLines(lock: PnpmLock): string[] {
  const direct = new Set(
    Object.values(lock.importers).flatMap((importer) =>
      Object.entries(importerReferences(importer)).map(([alias, { version }]) => packageKey(snapshotKey(alias, version) ?? '')),
    ),
  );
  const all = Object.entries(lock.packages).filter(([, { deprecated }]) => deprecated !== undefined);
  const own = all
    .filter(([key]) => direct.has(key))
    .map(([key, { deprecated }]) => `\u2009WARN\u2009 deprecated ${key}: ${deprecated ?? ''}`);
  const others = all.filter(([key]) => !direct.has(key)).map(([key]) => key);
  return others.length === 0 ? own : [...own, `\u2009WARN\u2009 ${others.length} deprecated subdependencies found: ${others.join(', ')}`];
}

/** What a package's script said, line by line with its place in front. */
export function scriptLines({ node, event, command, output, failed }: EndedScript): string[] {
  const where = node.place.replace(/^node_modules\/\.pnpm\//, '.../');
  const said = output === '' ? [] : output.replace(/\n$/, '').split('\n');
  return [
    `${where} ${event}$ ${command}`,
    ...said.map((line) => `${where} ${event}: ${line}`),
    `${where} ${event}: ${failed ? 'Failed' : 'Done'}`,
  ];
}

export function ignoredBox(names: readonly string[]): string {
  const lines = [
    `Ignored build scripts: ${names.join(', ')}.`,
    'Run "pnpm approve-builds" to pick which dependencies should be allowed',
    'to run scripts.',
  ];
  const width = Math.max(78, ...lines.map((line) => line.length + 6));
  const row = (text: string) => `│   ${text.padEnd(width - 3)}│`;
  const title = ' Warning ';
  return [`\n╭${title}${'─'.repeat(width - title.length)}╮`, row(''), ...lines.map(row), row(''), `╰${'─'.repeat(width)}╯`].join('\n');
}

/** Of a name what goes comes first. */
function byNameThenSign(a: string, b: string): number {
  const [x, y] = [a, b].map((line) => line.slice(2).split(' ', 1)[0] ?? '') as [string, string];
  return x === y ? (a > b ? -1 : 1) : x < y ? -1 : 1;
}

/** Versions by their numbers. */
function compare(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(/[.-]/).slice(0, 3).map(Number)) as [number[], number[]];
  for (let index = 0; index < 3; index++) if ((x[index] ?? 0) !== (y[index] ?? 0)) return (x[index] ?? 0) - (y[index] ?? 0);
  return 0;
}

/** `852ms`, `1.3s`, `1m 2s`. */
export function elapsed(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')}s`;
  return `${Math.floor(ms / 60_000)}m ${Math.round((ms % 60_000) / 1000)}s`;
}

/** Before the output of a script. */
export const scriptTitle = (
  { name = '', version = '' }: { readonly name?: string; readonly version?: string },
  event: string,
  folder: string,
  command: string,
) => `\n> ${name}@${version} ${event} ${folder}\n> ${command}\n`;
