/** What npm prints when it is done. */
import { compareNames } from '../compare-names.ts';
import { directOf, fundedCount } from '../lockfile/funding.ts';
import { hiddenLockPlace, type LockEntry } from '../lockfile/lock.ts';
import { buildTree } from '../lockfile/tree.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import type { InstallResult } from './install-plan.ts';
import { scriptList, type ScriptPolicy } from './script-policy.ts';
import { ownSubstitutions } from './substitutions.ts';
import type { TreePlan } from './tree-plan.ts';

/** As the package `ms` writes it. */
function shortTime(milliseconds: number): string {
  const whole = Math.round(milliseconds);
  if (whole >= 86_400_000) return `${Math.round(whole / 86_400_000)}d`;
  if (whole >= 3_600_000) return `${Math.round(whole / 3_600_000)}h`;
  if (whole >= 60_000) return `${Math.round(whole / 60_000)}m`;
  return whole >= 1000 ? `${Math.round(whole / 1000)}s` : `${whole}ms`;
}

/** How many installed packages ask for money. */
function fundingCount({ disk }: Session, { root, files }: TreePlan): number {
  const text = files.find(({ path }) => path === hiddenLockPlace)?.text;
  if (text === undefined) return 0;
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, LockEntry> };
  const manifest = tryReadManifest(disk, root) ?? {};
  const workspaces = findWorkspaces(disk, root, manifest);
  const tree = buildTree({ packages: new Map(Object.entries(packages)) }, { root, manifest, workspaces });
  // What was asked for and not saved: nobody depends on it.
  const unsaved = [...tree.nodes.values()].filter((one) => !one.isRoot && one.edgesIn.length === 0 && one.entry.extraneous !== true);
  return fundedCount([...directOf(tree.root), ...unsaved]);
}

const packages = (count: number) => `${count} package${count === 1 ? '' : 's'}`;

function changesText({ added, removed, changed }: { readonly added: number; readonly removed: number; readonly changed: number }): string {
  if (added + removed + changed === 0) return 'up to date';
  let text = '';
  if (added > 0) text += `added ${packages(added)}`;
  if (removed > 0) text += `${added > 0 ? ', ' : ''}${added > 0 && changed === 0 ? 'and ' : ''}removed ${packages(removed)}`;
  if (changed > 0) text += `${added + removed > 0 ? ', and ' : ''}changed ${packages(changed)}`;
  return text;
}

export function printSummary(session: Session, plan: TreePlan, result: InstallResult, policy: ScriptPolicy): void {
  const { display, config, disk, silent } = session;
  if (silent) return;
  const { added, removed, changed } = result;
  const { blue, green, cyan } = display.colors;
  const own = ownSubstitutions(tryReadManifest(disk, plan.root) ?? {}, config.list('bavini-substitutions'));
  if (config.flag('dry-run') || config.flag('long')) {
    const lines = [
      ...removed.map((one) => ({ place: one.place, text: `${blue('remove')} ${one.name} ${one.version}` })),
      ...added.map((one) => ({ place: one.place, text: `${green('add')} ${one.name} ${one.version}` })),
      ...changed.map((one) => ({ place: one.place, text: `${cyan('change')} ${one.name} ${one.from ?? ''} => ${one.version}` })),
    ];
    for (const { text } of lines.sort((a, b) => compareNames(a.place, b.place))) display.output(text);
  }
  const funding = config.flag('fund') ? fundingCount(session, plan) : 0;
  const unreviewed = policy.unreviewed(plan, own);
  const at = (place: string) => resolvePath(plan.root, place);
  if (display.json) {
    display.buffer({
      add: added.map(({ place, name, version }) => ({ name, version, path: at(place) })),
      added: added.length,
      audited: 0,
      change: changed.map(({ place, name, version, from }) => ({
        from: { name, version: from, path: at(place) },
        to: { name, version, path: at(place) },
      })),
      changed: changed.length,
      funding,
      remove: removed.map(({ place, name, version }) => ({ name, version, path: at(place) })),
      removed: removed.length,
      ...(unreviewed.length === 0
        ? {}
        : {
            unreviewedScripts: unreviewed.map(({ node, scripts }) => ({
              name: node.name,
              version: node.version,
              path: at(node.place),
              scripts,
            })),
          }),
    });
    return;
  }
  const counts = { added: added.length, removed: removed.length, changed: changed.length };
  display.output(`\n${changesText(counts)} in ${shortTime(performance.now() - session.started)}`);
  if (funding > 0) {
    display.output();
    display.output(`${packages(funding)} ${funding === 1 ? 'is' : 'are'} looking for funding`);
    display.output('  run `npm fund` for details');
  }
  if (unreviewed.length === 0) return;
  const count = unreviewed.length;
  display.warn(
    'install-scripts',
    [
      `${count} ${count === 1 ? 'package has' : 'packages have'} install scripts not yet covered by allowScripts:`,
      ...unreviewed.map(({ node, scripts }) => `  ${node.name}@${node.version} (${scriptList(scripts)})`),
      '',
      'Run `npm install-scripts ls` to review, or `npm install-scripts approve <pkg>` to allow.',
    ].join('\n'),
  );
}
