/** `npm install-scripts`, `npm approve-scripts`, `npm deny-scripts`: which packages may run their install scripts, kept in `package.json`. */
import satisfies from 'semver/functions/satisfies.js';
import valid from 'semver/functions/valid.js';
import { Failure } from '../failure.ts';
import { installScriptsOf, parseRule, scriptList, ScriptPolicy } from '../install/script-policy.ts';
import { installedTree } from '../lockfile/installed.ts';
import { isInstalledPlace } from '../lockfile/plan.ts';
import { parseSpecifier } from '../lockfile/specifier.ts';
import type { TreeNode } from '../lockfile/tree.ts';
import { formatJson } from '../manifest/json.ts';
import { normalizeManifest } from '../manifest/manifest.ts';
import { readManifestFile } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { usageFailure } from './help.ts';
import type { Command } from './command.ts';

type Verb = 'approve' | 'deny';
type Mode = Verb | 'list' | 'prune';
type Entries = Record<string, unknown>;
type CommandWord = 'install-scripts' | 'approve-scripts' | 'deny-scripts';

interface Change {
  readonly key: string;
  readonly change: 'added' | 'removed-stale' | 'removed-pinned-allow' | 'replaced-by-pin';
}

/** Installed packages that are no part of the project, in the order of their places. */
function candidates(session: Session): TreeNode[] {
  const { config, disk } = session;
  const root = config.localPrefix;
  const manifest = normalizeManifest(readManifestFile(disk, root).content);
  const tree = installedTree(disk, { root, manifest, workspaces: findWorkspaces(disk, root, manifest) });
  return [...tree.nodes.values()].filter((node) => isInstalledPlace(node.place) && !node.isLink && node.entry.inBundle !== true);
}

const idOf = ({ packageName, version }: TreeNode) => `${packageName}@${version}`;
const isPin = (key: string) => valid(key.slice(key.indexOf('@', 1) + 1)) !== null && key.indexOf('@', 1) > 0;
const isOf = (key: string, name: string) => key === name || (key.startsWith(`${name}@`) && key.indexOf('@', 1) === name.length);

function approve(before: Entries, nodes: readonly TreeNode[], pin: boolean): { entries: Entries; changes: Change[]; warning?: string } {
  const entries = { ...before };
  const changes: Change[] = [];
  const name = nodes[0]?.packageName ?? '';
  const own = () => Object.keys(entries).filter((key) => isOf(key, name));
  for (const key of own()) {
    if (entries[key] !== false) continue;
    const warning =
      key === name || key === `${name}@*`
        ? `${key} is denied; remove the entry from allowScripts to approve ${name}.`
        : `${key} is a versioned deny; run \`npm install-scripts deny ${name}\` to widen the deny to all versions of ${name}, or remove the entry to approve ${name}.`;
    return { entries, changes, warning };
  }
  const add = (key: string) => {
    if (entries[key] === true) return;
    entries[key] = true;
    changes.push({ key, change: 'added' });
  };
  if (!pin) {
    for (const key of own()) if (key !== name && isPin(key)) delete entries[key];
    add(name);
    return { entries, changes };
  }
  const installed = new Set(nodes.map(idOf));
  for (const key of own()) {
    if (!isPin(key) || installed.has(key)) continue;
    delete entries[key];
    changes.push({ key, change: 'removed-stale' });
  }
  for (const key of installed) add(key);
  if (entries[name] === true) {
    delete entries[name];
    changes.push({ key: name, change: 'replaced-by-pin' });
  }
  return { entries, changes };
}

function deny(before: Entries, [first]: readonly TreeNode[]): { entries: Entries; changes: Change[]; warning?: string } {
  const entries = { ...before };
  const changes: Change[] = [];
  const name = first?.packageName ?? '';
  for (const key of Object.keys(entries)) {
    if (key === name || !isOf(key, name)) continue;
    delete entries[key];
    changes.push({ key, change: 'removed-pinned-allow' });
  }
  if (entries[name] !== false) {
    entries[name] = false;
    changes.push({ key: name, change: 'added' });
  }
  return { entries, changes };
}

const entriesOf = (content: Readonly<Record<string, unknown>>): Entries => {
  const value = content['allowScripts'];
  return typeof value === 'object' && value !== null ? (value as Entries) : {};
};

function byName(nodes: readonly TreeNode[]): Map<string, TreeNode[]> {
  const groups = new Map<string, TreeNode[]>();
  for (const node of nodes) groups.set(node.packageName, [...(groups.get(node.packageName) ?? []), node]);
  return groups;
}

function write(session: Session, word: CommandWord, verb: Verb, nodes: readonly TreeNode[]): void {
  const { config, disk, display } = session;
  const file = readManifestFile(disk, config.localPrefix);
  const pin = config.get('allow-scripts-pin') !== false;
  let entries = entriesOf(file.content);
  const summary: { readonly name: string; readonly changes: readonly Change[] }[] = [];
  for (const [name, group] of byName(nodes)) {
    const result = verb === 'approve' ? approve(entries, group, pin) : deny(entries, group);
    if (result.warning !== undefined) display.warn(word, result.warning);
    entries = result.entries;
    summary.push({ name, changes: result.changes });
  }
  file.content['allowScripts'] = entries;
  disk.write(file.path, formatJson(file.content, file.format));
  if (display.json) {
    display.buffer({ allowScripts: summary });
    return;
  }
  const touched = summary.filter(({ changes }) => changes.length > 0);
  for (const { name, changes } of touched) {
    display.output(`${verb === 'approve' ? 'Approved' : 'Denied'} ${name}:`);
    for (const { key, change } of changes) display.output(`  ${change} ${key}`);
  }
  if (touched.length === 0) display.output(`Nothing to ${verb}; allowScripts unchanged.`);
}

/** Installed packages by `name`, `name@version` or `name@range`. */
function named(nodes: readonly TreeNode[], args: readonly string[], cwd: string): TreeNode[] {
  const unknown: string[] = [];
  const found = args.flatMap((arg) => {
    const at = arg.indexOf('@', 1);
    const [name, range] = at < 0 ? [arg, '*'] : [arg.slice(0, at), arg.slice(at + 1)];
    const { kind } = parseSpecifier(range, cwd);
    const fits = nodes.filter((node) => node.packageName === name && (kind === 'tag' || satisfies(node.version, range, true)));
    if (fits.length === 0) unknown.push(arg);
    return fits;
  });
  if (unknown.length > 0) throw new Failure(`No installed packages match: ${unknown.join(', ')}`, { code: 'ENOMATCH' });
  return found;
}

type Unreviewed = readonly { readonly node: TreeNode; readonly scripts: Readonly<Record<string, string>> }[];

function list({ display }: Session, unreviewed: Unreviewed): void {
  if (display.json) {
    const groups = byName(unreviewed.map(({ node }) => node));
    display.buffer({
      allowScripts: [...groups].map(([name, nodes]) => ({ name, changes: nodes.map((node) => ({ key: idOf(node), change: 'pending' })) })),
    });
    return;
  }
  const count = unreviewed.length;
  if (count === 0) {
    display.output('No packages with unreviewed install scripts.');
    return;
  }
  display.output(`${count} ${count === 1 ? 'package has' : 'packages have'} install scripts not yet covered by allowScripts:`);
  for (const { node, scripts } of unreviewed) display.output(`  ${idOf(node)} (${scriptList(scripts)})`);
  display.output();
  display.output('Run `npm install-scripts approve <pkg>` to allow, or `npm install-scripts deny <pkg>` to deny.');
}

/** Takes out entries that no installed package with scripts has any use for. */
function prune(session: Session, nodes: readonly TreeNode[]): void {
  const { config, disk, display } = session;
  const file = readManifestFile(disk, config.localPrefix);
  const dryRun = config.flag('dry-run');
  const remaining: Entries = {};
  const removed: { readonly key: string; readonly value: unknown; readonly reason: 'not-installed' | 'no-scripts' }[] = [];
  for (const [key, value] of Object.entries(entriesOf(file.content))) {
    const rule = parseRule(key, true);
    const fits = nodes.filter(
      (node) => node.packageName === rule.name && (rule.versions === undefined || satisfies(node.version, rule.versions, true)),
    );
    const hasScripts = fits.some(
      (node) => Object.keys(installScriptsOf(session, node.entry, resolvePath(config.localPrefix, node.place))).length > 0,
    );
    if (hasScripts) remaining[key] = value;
    else removed.push({ key, value, reason: fits.length === 0 ? 'not-installed' : 'no-scripts' });
  }
  if (removed.length > 0 && !dryRun) {
    if (Object.keys(remaining).length > 0) file.content['allowScripts'] = remaining;
    else delete file.content['allowScripts'];
    disk.write(file.path, formatJson(file.content, file.format));
  }
  if (display.json) {
    display.buffer({ allowScripts: { removed, dryRun } });
    return;
  }
  if (removed.length === 0) {
    display.output('No unused allowScripts entries.');
    return;
  }
  display.output(
    `${dryRun ? 'Would remove' : 'Removed'} ${removed.length} unused allowScripts ${removed.length === 1 ? 'entry' : 'entries'}:`,
  );
  for (const { key, reason } of removed)
    display.output(`  ${key} (${reason === 'not-installed' ? 'package not installed' : 'no install scripts'})`);
}

function runMode(session: Session, word: CommandWord, mode: Mode, args: readonly string[]): void {
  const { config } = session;
  if (config.global) throw new Failure(`\`npm ${word}\` does not work for global installs`, { code: 'EGLOBAL' });
  const all = config.flag('all');
  const extra = args.length > 0 || all;
  if (mode === 'prune') {
    if (extra) throw usageFailure(word, '`npm install-scripts prune` cannot be combined with positional arguments or `--all`.');
    prune(session, candidates(session));
    return;
  }
  const pending = word !== 'install-scripts' && config.flag('allow-scripts-pending');
  if ((mode === 'list' || pending) && extra) {
    const what = mode === 'list' ? '`npm install-scripts ls`' : '`--allow-scripts-pending`';
    throw usageFailure(word, `${what} cannot be combined with positional arguments or \`--all\`.`);
  }
  if (mode !== 'list' && !pending && !extra) throw usageFailure(word);
  if (mode === 'deny' && pending) {
    throw usageFailure(
      word,
      '`npm deny-scripts --allow-scripts-pending` is not supported; run `npm install-scripts ls` to list unreviewed packages.',
    );
  }
  const nodes = candidates(session);
  const policy = ScriptPolicy.read(session, normalizeManifest(readManifestFile(session.disk, config.localPrefix).content));
  const unreviewed = nodes.flatMap((node) => {
    if (policy.verdict({ name: node.packageName, version: node.version }) !== undefined) return [];
    const scripts = installScriptsOf(session, node.entry, resolvePath(config.localPrefix, node.place));
    return Object.keys(scripts).length === 0 ? [] : [{ node, scripts }];
  });
  if (mode === 'list' || pending) list(session, unreviewed);
  else if (!all) write(session, word, mode, named(nodes, args, session.cwd));
  else if (unreviewed.length > 0)
    write(
      session,
      word,
      mode,
      unreviewed.map(({ node }) => node),
    );
  else list(session, unreviewed);
}

function withMode(word: CommandWord, modeOf: (args: readonly string[]) => readonly [Mode, readonly string[]]): Command {
  return {
    run: (session, args) => {
      runMode(session, word, ...modeOf(args));
      return Promise.resolve();
    },
  };
}

const modes: Readonly<Record<string, Mode>> = { approve: 'approve', deny: 'deny', ls: 'list', list: 'list', prune: 'prune' };

export const installScripts = withMode('install-scripts', ([sub, ...args]) => {
  const mode = sub !== undefined && Object.hasOwn(modes, sub) ? modes[sub] : undefined;
  if (mode === undefined)
    throw usageFailure('install-scripts', sub === undefined ? undefined : `\`${sub}\` is not a recognized subcommand.`);
  return [mode, args];
});
export const approveScripts = withMode('approve-scripts', (args) => ['approve', args]);
export const denyScripts = withMode('deny-scripts', (args) => ['deny', args]);
