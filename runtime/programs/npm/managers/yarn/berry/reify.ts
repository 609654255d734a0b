/** An install of Yarn 4: lockfile and tree are brought in line with the manifests. */
import type { InstallResult } from '../../../install/install-plan.ts';
import { openPackages } from '../../../packages.ts';
import type { PackumentVersion } from '../../../resolve/request.ts';
import { manifestPathOf } from '../../manager-project.ts';
import { ManifestEdit } from '../../manifest-edit.ts';
import { substitutionText, unusableText } from '../../manager-run.ts';
import type { Project } from '../../project.ts';
import { splitSpecifier } from '../../specifiers.ts';
import type { BerryProject } from './berry-project.ts';
import { changeLines } from './change-lines.ts';
import { ReportError } from './errors.ts';
import { berryVersion } from './help.ts';
import { planBerry } from './layout.ts';
import { meantBy, meantLock } from './meant.ts';
import { peerLines, peerWarnings } from './peer-warnings.ts';
import { type BerryLock, writeBerryLock } from './lockfile.ts';
import { resolveBerry, type BerrySums } from './resolve.ts';

export async function reify(
  yarn: BerryProject,
  project: Project,
  changed: ReadonlyMap<string, string>,
  options: { readonly immutable?: boolean; readonly skipBuild?: boolean; readonly lockOnly?: boolean; readonly lock?: BerryLock },
): Promise<number> {
  const { run } = yarn;
  yarn.report.begin();
  await yarn.report.line(0, `· Yarn ${berryVersion}`);
  const linker = yarn.settings.nodeLinker ?? 'pnp';
  if (linker !== 'node-modules')
    await yarn.report.line(
      0,
      `· The linker "${linker}" is not available in a page: packages go to node_modules (set nodeLinker: node-modules in .yarnrc.yml)`,
    );
  await yarn.report.open('Resolution step');
  const facts = await run.facts();
  const folders = run.localFolders(project);
  const before = yarn.lock();
  const kept = options.lock ?? before;
  const meant = meantBy(yarn.settings);
  const { lock: next, sign } = await resolveBerry({
    sums: await sumsOf(yarn),
    isApproved: (address) => yarn.isApproved(address),
    meant,
    project,
    facts,
    folders,
    ...(kept === undefined ? {} : { lock: kept }),
  });
  for (const line of changeLines(before, next, project)) await yarn.report.line(85, `│ ${line}`);
  await yarn.report.close();
  const whole = meantLock(next, meant);
  const peers = peerLines(peerWarnings(whole, project));
  if (peers.length > 0) {
    yarn.report.warned();
    await yarn.report.open('Post-resolution validation');
    for (const [code, line] of peers) await yarn.report.line(code, `│ ${line}`);
    await yarn.report.close();
  }
  const old = yarn.read('yarn.lock');
  if (options.immutable === true && writeBerryLock(next) !== old) {
    await yarn.report.open('Post-resolution validation');
    throw new ReportError(28, 'The lockfile would have been modified by this install, which is explicitly forbidden.');
  }
  const manifests = new Map(changed);
  for (const { folder } of project.workspaces) {
    const path = manifestPathOf(folder);
    const edit = new ManifestEdit(changed.get(path) ?? yarn.read(path) ?? '{}', yarn.oneLineForm);
    // Yarn writes them in order.
    if (edit.sort()) manifests.set(path, edit.text);
  }
  await yarn.report.open('Fetch step');
  const { progress } = run.session.display;
  await sign((done, total) => {
    if (done === 0) progress.stage('fetching', total);
    progress.advance(done);
  });
  const text = writeBerryLock(next);
  const saves = text !== old;
  const files = [...[...manifests].map(([path, content]) => ({ path, text: content })), ...(saves ? [{ path: 'yarn.lock', text }] : [])];
  if (options.lockOnly === true) {
    for (const file of files) run.write(yarn.root, file.path, file.text);
    await yarn.report.close();
    await yarn.report.open('Link step');
    await yarn.report.line(73, '│ Skipped due to mode=update-lockfile', 'warning');
    await yarn.report.close();
    yarn.report.warned();
    await yarn.report.done();
    return 0;
  }
  await facts.loadAll(
    [...new Set(next.entries.values())]
      .map(({ resolution }) => splitSpecifier(resolution))
      .filter(({ range }) => /^(?:npm|patch):/.test(range))
      .map(({ name }) => name),
  );
  const plan = planBerry({ project, lock: whole, facts, registry: run.registry, folders });
  const [built, unbuilt]: [string[], string[]] = [[], []];
  const result: InstallResult = await run.install(
    { ...plan, files: [...files, ...plan.files] },
    {
      folders: project.workspaces.map(({ folder }) => folder),
      scripts: options.skipBuild !== true,
      mayRunScripts: ({ name, version }) => {
        // Yarn runs them only where it is told to.
        const may = yarn.settings.enableScripts === true && project.manifest.dependenciesMeta?.[name]?.built !== false;
        (may ? built : unbuilt).push(`${name}@npm:${version}`);
        return may;
      },
    },
  );
  const added = result.added.length + result.changed.length;
  if (added > 0) await yarn.report.line(13, `│ ${added === 1 ? 'A package was' : `${added} packages were`} added to the project.`);
  await yarn.report.close();
  await yarn.report.open('Link step');
  for (const each of result.substituted) await yarn.report.line(0, `│ ${substitutionText(each)}`);
  for (const each of result.unusable) {
    yarn.report.warned();
    await yarn.report.line(0, `│ ${unusableText(each)}`);
  }
  for (const { name, reason } of result.leftOut) await yarn.report.line(0, `│ ${name}: ${reason}`);
  for (const id of unbuilt) await yarn.report.line(4, `│ ${id} lists build scripts, but all build scripts have been disabled.`);
  if (unbuilt.length > 0) yarn.report.warned();
  for (const id of built) await yarn.report.line(7, `│ ${id} must be built because it never has been before or the last one failed`);
  if (options.skipBuild !== true) await projectScripts(yarn, project);
  await yarn.report.close();
  await yarn.report.done();
  return 0;
}

async function sumsOf(yarn: BerryProject): Promise<BerrySums> {
  const { session } = yarn.run;
  const { signal } = session;
  const [{ client }, { checksumOf, checksumOfCopy, checksumOfRepository, hashOfFile, sumsOfFolder }] = await Promise.all([
    openPackages(session),
    import('./checksum.ts'),
  ]);
  const tarballOf = ({ name, version, dist }: PackumentVersion) => {
    const address = dist?.tarball ?? client.tarballUrl(name, version);
    const integrity = dist?.integrity;
    return client.tarball(address, { name, signal, ...(integrity === undefined ? {} : { integrity }) });
  };
  return {
    published: async (found) => checksumOf(await tarballOf(found), found.name),
    copied: async (found) => checksumOfCopy(await tarballOf(found), found.name),
    remote: ({ bytes, commit, manifest }, name) =>
      commit === undefined ? checksumOf(bytes, name) : checksumOfRepository(bytes, name, manifest),
    folder: (path, name) => sumsOfFolder(yarn.filesOf(path), name),
    file: ({ bytes }) => hashOfFile(bytes),
  };
}

async function projectScripts(yarn: BerryProject, project: Project): Promise<void> {
  const said = new Set<string>();
  await yarn.ownScripts(
    project,
    ['preinstall', 'install', 'postinstall'],
    async ({ folder, name = 'root-workspace', start }) => {
      const locator = `${name}@workspace:${folder === '' ? '.' : folder}`;
      if (!said.has(locator))
        await yarn.report.line(7, `│ ${locator} must be built because it never has been before or the last one failed`);
      said.add(locator);
      const code = await start();
      if (code === 0) return;
      throw new ReportError(9, `${locator} couldn't be built successfully (exit code ${code})`);
    },
    { quiet: true },
  );
}
