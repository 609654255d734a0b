/** `npm rebuild`: runs install scripts again and links commands again. */
import { bySortedPlace, binsOf, linkBins } from '../install/bins.ts';
import { Commit } from '../install/commit.ts';
import { ScriptPolicy } from '../install/script-policy.ts';
import { ownSubstitutions, substitutionFor } from '../install/substitutions.ts';
import { installedTree } from '../lockfile/installed.ts';
import { normalizeBin } from '../manifest/manifest.ts';
import { readManifest, tryReadManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { resolvePath } from '../paths.ts';
import { runScript } from '../scripts/run-script.ts';
import type { Command } from './command.ts';

export const rebuild: Command = {
  forWorkspaces: true,
  run: async (session, args) => {
    const { config, disk, display } = session;
    const root = config.localPrefix;
    const manifest = readManifest(disk, root);
    const tree = installedTree(disk, { root, manifest, workspaces: findWorkspaces(disk, root, manifest) });
    const policy = ScriptPolicy.read(session, manifest);
    const own = ownSubstitutions(manifest, config.list('bavini-substitutions'));
    const names = new Set(args.map((arg) => arg.replace(/(?!^)@.*$/, '')));
    const nodes = [...tree.nodes.values()]
      .filter((node) => node.place.includes('node_modules/') && (names.size === 0 || names.has(node.packageName)))
      .sort(bySortedPlace);
    if (!config.flag('ignore-scripts')) {
      for (const event of ['preinstall', 'install', 'postinstall']) {
        for (const node of nodes) {
          const { packageName: name, version } = node;
          if (node.isLink || substitutionFor({ name, version }, own) !== undefined || policy.verdict({ name, version }) === false) continue;
          const path = resolvePath(root, node.place);
          const found = tryReadManifest(disk, path);
          if (found === undefined) continue;
          await runScript(session, { event, path, manifest: found, stdio: config.flag('foreground-scripts') ? 'inherit' : 'pipe' });
        }
      }
    }
    if (config.flag('bin-links')) {
      const bins = nodes.flatMap((node) => binsOf(root, node.place, normalizeBin(node.packageName, node.target.entry.bin) ?? {}, false));
      disk.calls.together(() => {
        const commit = new Commit(disk, root, session.context.signal);
        linkBins(disk, commit, bins);
        commit.finish();
      });
    }
    display.output('rebuilt dependencies successfully');
  },
};
