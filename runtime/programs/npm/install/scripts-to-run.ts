/** Which packages of a plan have scripts to run once they are in their places. Running them is `package-scripts.ts`. */
import { isInstalledPlace } from '../lockfile/plan.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { dirName, resolvePath } from '../paths.ts';
import { bySortedPlace } from './bins.ts';
import type { PlannedLink, PlannedPackage } from './tree-plan.ts';
import { isOut, type Work } from './work.ts';

/** A linked package of the project that is built at every install. */
export interface LinkToBuild {
  readonly node: PlannedLink;
  readonly manifest: Manifest;
  readonly path: string;
}

/** Fresh packages with install scripts, in npm's order. */
export function scriptsToRun(work: Work): PlannedPackage[] {
  const { plan, fresh, mounts, leftOut, options, manifests, fetched } = work;
  return plan.nodes
    .filter((node): node is PlannedPackage => node.kind === 'package' && fresh.has(node.place) && !isOut(node.place, leftOut))
    .filter((node) => {
      if (mounts.unbuilt.has(node.place)) return false;
      const manifest = node.partial === true ? manifests.get(node.place) : undefined;
      const { scripts = {} } = manifest ?? {};
      const has =
        node.hasInstallScript ||
        scripts['preinstall'] !== undefined ||
        scripts['install'] !== undefined ||
        scripts['postinstall'] !== undefined ||
        (manifest !== undefined && manifest.gypfile !== false && fetched.get(node.place)?.facts.hasBindingGyp === true);
      return has && options.mayRunScripts?.(node) !== false;
    })
    .sort(bySortedPlace);
}

/** Linked packages of the project run their scripts at every install. */
export function linksToBuild({ session, plan }: Work): LinkToBuild[] {
  return plan.nodes
    .filter((node): node is PlannedLink => node.kind === 'link' && isInstalledPlace(node.place))
    .sort(bySortedPlace)
    .flatMap((node) => {
      const path = resolvePath(plan.root, dirName(node.place), node.target);
      // What a link in a package leads to is the package's own affair.
      if (path.includes('/node_modules/')) return [];
      const manifest = tryReadManifest(session.disk, path);
      const { scripts = {} } = manifest ?? {};
      const has =
        node.bin !== undefined || ['preinstall', 'install', 'postinstall', 'prepare'].some((event) => scripts[event] !== undefined);
      return manifest === undefined || !has ? [] : [{ node, manifest, path }];
    });
}
