/** `npm exec` and `npx`: a command of the project, of a package that is fetched for it, or a line for the shell. */
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import satisfies from 'semver/functions/satisfies.js';
import type { Packument, PackumentVersion } from '../../../packages/registry-client.ts';
import { compareNames } from '../compare-names.ts';
import { Failure } from '../failure.ts';
import { installPlan } from '../install/install-plan.ts';
import { findPresent } from '../install/present.ts';
import { parseSpecifier } from '../lockfile/specifier.ts';
import { normalizeBin, type Manifest } from '../manifest/manifest.ts';
import { readManifest, tryReadManifest } from '../manifest/read-manifest.ts';
import { openPackages } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import { permitRequest } from '../permit-request.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';
import { installedBin, ownFolder, runLine, type Place } from './exec-line.ts';
import { usageFailure } from './help.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

/** A package as it was named: `name`, `name@range`, or a folder or an address. */
interface Wanted {
  readonly text: string;
  /** Undefined for folders and addresses. */
  readonly name?: string;
  readonly range: string;
  readonly isRegistry: boolean;
  /** Of a folder: where it is. */
  readonly folder?: string;
}

function parseWanted(text: string, cwd: string): Wanted {
  if (/^(?:file:)?(?:\.{0,2}\/|\.{1,2}$)/.test(text) && !/\.(?:tgz|tar\.gz|tar)$/i.test(text)) {
    return { text, range: '*', isRegistry: false, folder: resolvePath(cwd, text.replace(/^file:/, '')) };
  }
  const at = text.indexOf('@', 1);
  const name = at < 0 ? text : text.slice(0, at);
  if (/^(?:@[^/@]+\/)?[^/@:]+$/.test(name) && !/^[.~]/.test(name)) {
    const range = at < 0 ? '*' : text.slice(at + 1);
    const { kind } = parseSpecifier(range, cwd);
    return { text, name, range, isRegistry: kind === 'range' || kind === 'version' || kind === 'tag' };
  }
  return { text, range: '*', isRegistry: false };
}

/** The command that a package is meant for. */
function commandOf({ name = '', bin }: { readonly name?: string; readonly bin?: unknown }, id: string): string {
  const bins = normalizeBin(name, bin) ?? {};
  const plain = name.replace(/^@[^/]+\//, '');
  if (new Set(Object.values(bins)).size === 1) return Object.keys(bins)[0] as string;
  if (bins[plain] !== undefined) return plain;
  throw new Failure('could not determine executable to run', { pkgid: id });
}

function pick(session: Session, packument: Packument, { name = '', range }: Wanted): PackumentVersion {
  const tags = packument['dist-tags'];
  const tag = range === '*' ? (session.config.text('tag') ?? 'latest') : range;
  const tagged = tags[tag];
  const version = tagged ?? (packument.versions[range] === undefined ? maxSatisfying(Object.keys(packument.versions), range, true) : range);
  const found = version === null || version === undefined ? undefined : packument.versions[version];
  if (found === undefined) {
    throw new Failure(`No matching version found for ${name}@${range}.`, { code: 'ETARGET', pkgid: `${name}@${range}` });
  }
  return found;
}

async function hashOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', new TextEncoder().encode(text)));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Asks on the terminal; whether the answer is yes, which it is by default. */
async function confirm(session: Session, question: string): Promise<boolean> {
  await session.display.settled();
  await session.context.stdout.write(question);
  await session.context.stdout.flush();
  const { stdin } = session.context;
  let text = '';
  for (;;) {
    const bytes = await stdin.read();
    if (bytes.length === 0) break;
    text += new TextDecoder().decode(bytes);
    const end = text.indexOf('\n');
    if (end < 0) continue;
    const rest = new TextEncoder().encode(text.slice(end + 1));
    if (rest.length > 0) stdin.unread(rest);
    text = text.slice(0, end);
    break;
  }
  session.checkInterrupted();
  const answer = text.trim().toLowerCase();
  return answer === '' || answer.startsWith('y');
}

/** A package that is wanted, and what is to be installed for it; nothing where the project has it. */
interface Found {
  readonly wanted: Wanted;
  readonly manifest: Manifest | PackumentVersion;
  readonly isLocal: boolean;
}

async function find(session: Session, wanted: Wanted, present: ReturnType<typeof findPresent>): Promise<Found> {
  const { disk, config } = session;
  const { name, range, isRegistry, folder } = wanted;
  if (folder !== undefined) return { wanted, manifest: readManifest(disk, folder), isLocal: false };
  // Packages by other addresses are known when they are installed.
  if (name === undefined) return { wanted, manifest: {}, isLocal: false };
  const local = [...present].find(
    ([place, found]) =>
      !place.includes('/node_modules/') && found.name === name && (range === '*' || satisfies(found.version, range, true)),
  );
  if (local !== undefined && (range !== '*' || isRegistry)) {
    return { wanted, manifest: tryReadManifest(disk, resolvePath(config.localPrefix, local[0])) ?? {}, isLocal: true };
  }
  if (!isRegistry) return { wanted, manifest: {}, isLocal: false };
  const { client } = await openPackages(session);
  const packument = await client.packument(name, { spec: `${name}@${range}`, signal: session.signal });
  return { wanted, manifest: pick(session, packument, wanted), isLocal: false };
}

async function execute(session: Session, given: readonly string[], place: Place): Promise<void> {
  const { config, disk, display, cwd } = session;
  const call = config.text('call') ?? '';
  const args = [...given];
  if (call !== '' && args.length > 0) throw usageFailure('exec');
  const packages = [...config.list('package')];
  if (call === '' && args.length === 0 && packages.length === 0) return runLine(session, args, call, [], place);
  const root = config.localPrefix;
  const [command] = args;
  let yes = config.get('yes');
  let swap = command !== undefined && packages.length === 0;
  if (swap && command !== undefined) {
    const own = ownFolder(session, [place.packagePath, root], command);
    if (own !== undefined) {
      // It has no link of its own: the folder that npx keeps gets one.
      packages.push(own);
      yes = true;
      swap = false;
    } else {
      const bins = installedBin(session, command, place.packagePath);
      if (bins !== undefined) return runLine(session, args, call, [bins], place);
      packages.push(command);
    }
  }
  const wanted = packages.map((text) => parseWanted(text, cwd));
  const present = findPresent(disk, root, ['']);
  const found = await Promise.all(wanted.map((one) => find(session, one, present)));
  const needed = found.filter(({ isLocal }) => !isLocal);
  // Without a package there is a line for the shell.
  const [first] = found;
  if (swap && first?.wanted.folder !== undefined) yes = true;
  const knowsBins = first !== undefined && Object.keys(first.manifest).length > 0;
  if (swap && knowsBins) args[0] = commandOf(first.manifest, first.wanted.text);
  const binFolders: string[] = [];
  if (needed.length > 0) {
    const ids = wanted.map(({ text, folder }) => folder ?? text);
    const folder = resolvePath(session.cacheFolder, '_npx', await hashOf([...ids].sort(compareNames).join('\n')));
    const there = findPresent(disk, folder, ['']);
    const add = needed
      .filter(({ wanted: { name, folder: own }, manifest }) => {
        if (own !== undefined) return !disk.isLink(resolvePath(folder, 'node_modules', manifest.name ?? ''));
        return manifest.version === undefined || there.get(`node_modules/${name ?? ''}`)?.version !== manifest.version;
      })
      .map(({ wanted: { text, folder: own }, manifest: { name, version } }) =>
        own !== undefined ? `file:${own}` : version === undefined ? text : `${name}@${version}`,
      );
    if (add.length > 0) await fetchInto(session, { folder, packages: ids, add, yes });
    binFolders.push(resolvePath(folder, 'node_modules/.bin'));
    if (swap && first !== undefined && !knowsBins) {
      const [name] = Object.keys(tryReadManifest(disk, folder)?.dependencies ?? {});
      args[0] = commandOf(tryReadManifest(disk, resolvePath(folder, 'node_modules', name ?? '')) ?? {}, first.wanted.text);
    }
  }
  await display.settled();
  return runLine(session, args, call, binFolders, place);
}

/** Into the folder that `npx` keeps for these packages. */
async function fetchInto(
  session: Session,
  request: { readonly folder: string; readonly packages: readonly string[]; readonly add: readonly string[]; readonly yes: unknown },
): Promise<void> {
  const { config, display, disk, context } = session;
  const { folder, packages, add, yes } = request;
  if (yes !== true) {
    if (yes === false) throw new Failure(`npx canceled due to missing packages and no YES option: ${JSON.stringify(add)}`);
    if (!context.stdin.isTty || !context.stdout.isTty || context.env.has('CI')) {
      display.warn(
        'exec',
        `The following package${add.length === 1 ? ' was' : 's were'} not found and will be installed: ${add.join(', ')}`,
      );
    } else if (!(await confirm(session, `Need to install the following packages:\n${add.join('\n')}\nOk to proceed? (y) `))) {
      throw new Failure('canceled');
    }
  }
  const { resolve } = await import('../resolve/load.ts');
  const { client } = await openPackages(session);
  disk.makeFolders(folder);
  const registry = config.text('registry') ?? '';
  const { plan } = await resolve({
    root: folder,
    files: disk.calls,
    source: client,
    permit: (url) => permitRequest(session, url),
    config: { registry: registry.endsWith('/') ? registry : `${registry}/`, nodeVersion, npmVersion },
    add,
    signal: session.signal,
  });
  const files = plan.files.map(({ path, text }) =>
    path === 'package.json'
      ? { path, text: `${JSON.stringify({ ...(JSON.parse(text) as object), _npx: { packages } }, null, 2)}\n` }
      : { path, text },
  );
  await installPlan(session, { ...plan, files }, { scripts: !config.flag('ignore-scripts') });
}

/** Runs the command in a folder; the project is still that of the session. */
export function executeIn(session: Session, args: readonly string[], folder: string): Promise<void> {
  return execute(session, args, { runPath: folder, packagePath: session.config.localPrefix });
}

export const exec: Command = {
  forWorkspaces: true,
  isShellout: true,
  run: async (session, args, forWorkspaces) => {
    if (!forWorkspaces) return executeIn(session, args, session.cwd);
    const { green, dim } = session.display.colors;
    for (const [name, path] of workspacesOf(session)) {
      await execute(session, args, { runPath: path, packagePath: path, note: ` in workspace ${green(name)} at location:\n${dim(path)}` });
    }
  },
};
