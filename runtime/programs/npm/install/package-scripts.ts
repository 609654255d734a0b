/** Runs the scripts of packages, in npm's order. Loaded when there are some. */
import { Failure } from '../failure.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import { commandOf, runScript } from '../scripts/run-script.ts';
import type { Session } from '../session.ts';
import { linkBins } from './bins.ts';
import type { Commit } from './commit.ts';
import { allBins } from './planned-bins.ts';
import type { LinkToBuild } from './scripts-to-run.ts';
import { buildsNativeCode } from './substitutions.ts';
import type { PlannedPackage } from './tree-plan.ts';
import type { Work } from './work.ts';

export async function runAll(
  work: Work,
  commit: Commit,
  packages: readonly PlannedPackage[],
  links: readonly LinkToBuild[],
): Promise<void> {
  const { session, plan, options } = work;
  const { disk } = session;
  const failed = new Set<string>();
  const runs = packages.map((node) => {
    const path = resolvePath(plan.root, node.place);
    return { node, path, manifest: tryReadManifest(disk, path) ?? {} };
  });
  for (const event of ['preinstall', 'install', 'postinstall'] as const) {
    const one = async ({ node, path, manifest }: (typeof runs)[number]) => {
      if (failed.has(node.place)) return;
      const command = commandOf(session, manifest, event, path);
      if (command !== undefined && buildsNativeCode(command)) {
        const { name, version } = node;
        work.unusable.push({ name, version, advice: `its script "${command}" would build native code, which no browser runs` });
        return;
      }
      try {
        const { stdout, stderr } = await runScript(session, {
          event,
          path,
          manifest,
          stdio: options.foregroundScripts === true ? 'inherit' : 'pipe',
          env: {
            npm_package_resolved: node.resolved,
            npm_package_integrity: node.integrity,
            npm_package_optional: node.optional ? '1' : '',
            npm_package_dev: '',
            npm_package_peer: '',
            npm_package_dev_optional: '',
          },
        });
        if (command !== undefined) options.onScript?.({ node, event, command, output: stdout + stderr, failed: false });
      } catch (error) {
        const { stdout = '', stderr = '' } = (error as Partial<Failure>).details ?? {};
        if (command !== undefined)
          options.onScript?.({ node, event, command, output: `${stdout as string}${stderr as string}`, failed: true });
        if (!node.optional || !(error instanceof Failure)) throw error;
        failed.add(node.place);
        session.display.log('verbose', 'reify', `failed optional dependency ${path}`);
        disk.calls.together(() => {
          disk.remove(path);
          for (const { path: link, file } of allBins(work, false)) if (file.startsWith(`${path}/`) && disk.isLink(link)) disk.remove(link);
        });
      }
    };
    display(session, event, runs.length);
    if (options.foregroundScripts === true) for (const run of runs) await one(run);
    else await Promise.all(runs.map(one));
  }
  const ofLink = async (event: string) => {
    for (const { path, manifest } of links) {
      if (manifest.scripts?.[event] === undefined) continue;
      await runScript(session, { event, path, manifest, stdio: options.foregroundScripts === true ? 'inherit' : 'pipe' });
    }
  };
  await ofLink('preinstall');
  await ofLink('prepare');
  if (options.binLinks !== false) disk.calls.together(() => linkBins(disk, commit, allBins(work, true)));
  await ofLink('install');
  await ofLink('postinstall');
  for (const place of failed) work.leftOut.set(place, 'its install script failed');
}

function display(session: Session, event: string, count: number): void {
  if (count > 0) session.display.progress.stage(`running ${event} scripts`);
}
