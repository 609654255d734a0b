/** `npm exec` and `npx`: a command of the project, of a package that is fetched for it, or a line for the shell. */
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import satisfies from 'semver/functions/satisfies.js';
import type { Packument, PackumentVersion } from '../../../packages/registry-client.ts';
import { Failure } from '../failure.ts';
import { installPlan } from '../install/install-plan.ts';
import { findPresent } from '../install/present.ts';
import { parseSpecifier } from '../lockfile/specifier.ts';
import { normalizeBin, type Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { openPackages } from '../packages.ts';
import { resolvePath, upwards } from '../paths.ts';
import { runScript } from '../scripts/run-script.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';
import { usageFailure } from './help.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './table.ts';

/** A package as it was named: `name`, `name@range`, or a folder or an address. */
interface Wanted {
  readonly text: string;
  /** Undefined for folders and addresses. */
  readonly name?: string;
  readonly range: string;
  readonly isRegistry: boolean;
}

function parseWanted(text: string, cwd: string): Wanted {
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

/** The nearest `.bin` with the command, up to the project. */
function localBin(session: Session, command: string, from: string): string | undefined {
  for (const folder of upwards(from)) {
    const bins = resolvePath(folder, 'node_modules/.bin');
    if (session.disk.exists(resolvePath(bins, command))) return bins;
    if (folder === session.config.localPrefix && !from.startsWith(`${folder}/`)) break;
  }
  return undefined;
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

interface Place {
  /** Where the command runs. */
  readonly runPath: string;
  readonly note?: string;
}

async function runLine(
  session: Session,
  words: readonly string[],
  call: string,
  binFolders: readonly string[],
  { runPath, note }: Place,
): Promise<void> {
  const shell = session.config.text('script-shell') ?? 'sh';
  const [first, ...rest] = words;
  const command = call !== '' ? call : first === undefined ? shell : `'${first.replaceAll("'", "'\\''")}'`;
  if (command === shell && session.context.stdin.isTty) {
    const { reset, dim, bold } = session.display.colors;
    session.display.output(
      `${reset('\nEntering npm script environment')}${reset(note ?? ` at location:\n${dim(runPath)}`)}${bold("\nType 'exit' or ^D when finished\n")}`,
    );
  }
  const manifest: Manifest = { ...tryReadManifest(session.disk, session.config.localPrefix), scripts: { npx: command } };
  await runScript(session, { event: 'npx', path: runPath, manifest, command, args: rest, stdio: 'inherit', banner: false, binFolders });
}

async function execute(session: Session, given: readonly string[], place: Place): Promise<void> {
  const { config, disk, display } = session;
  const call = config.text('call') ?? '';
  const args = [...given];
  if (call !== '' && args.length > 0) throw usageFailure('exec');
  const packages = [...config.list('package')];
  if (call === '' && args.length === 0 && packages.length === 0) return runLine(session, args, call, [], place);
  const root = config.localPrefix;
  let swap = args.length > 0 && packages.length === 0;
  if (swap) {
    const command = args[0] as string;
    // The project's own command: its package is linked into a folder of ours, so that the command has a place on the path.
    for (const path of new Set([place.runPath, root])) {
      const file = tryReadManifest(disk, path)?.bin?.[command];
      if (file === undefined) continue;
      return runLine(session, [resolvePath(path, file), ...args.slice(1)], call, [], place);
    }
    const bins = localBin(session, command, place.runPath === session.cwd ? root : place.runPath);
    if (bins !== undefined) return runLine(session, args, call, [bins], place);
    const global = resolvePath(config.globalPrefix, 'bin');
    if (disk.exists(resolvePath(config.globalPrefix, 'lib/node_modules')) && disk.exists(resolvePath(global, command))) {
      return runLine(session, args, call, [global], place);
    }
    packages.push(command);
  }
  const wanted = packages.map((text) => parseWanted(text, session.cwd));
  const present = findPresent(disk, root, ['']);
  const missing: { readonly wanted: Wanted; readonly manifest: PackumentVersion | undefined }[] = [];
  let first: Manifest | PackumentVersion | undefined;
  const { client } = await openPackages(session);
  for (const one of wanted) {
    const local =
      one.name === undefined
        ? undefined
        : [...present].find(
            ([place, { name, version }]) =>
              !place.includes('/node_modules/') && name === one.name && (one.range === '*' || satisfies(version, one.range, true)),
          );
    if (local !== undefined && (one.range !== '*' || one.isRegistry)) {
      first ??= tryReadManifest(disk, resolvePath(root, local[0]));
      continue;
    }
    const manifest =
      one.isRegistry && one.name !== undefined
        ? pick(session, await client.packument(one.name, { spec: `${one.name}@${one.range}`, signal: session.signal }), one)
        : undefined;
    missing.push({ wanted: one, manifest });
    first ??= manifest;
  }
  const binFolders: string[] = [];
  if (missing.length > 0) {
    const folder = resolvePath(
      session.cacheFolder,
      '_npx',
      await hashOf([...packages].sort((a, b) => a.localeCompare(b, 'en')).join('\n')),
    );
    const there = findPresent(disk, folder, ['']);
    const add = missing
      .filter(
        ({ wanted: one, manifest }) => manifest === undefined || there.get(`node_modules/${one.name ?? ''}`)?.version !== manifest.version,
      )
      .map(({ wanted: one, manifest }) => (manifest === undefined ? one.text : `${manifest.name}@${manifest.version}`));
    if (add.length > 0) await fetchInto(session, folder, packages, add);
    binFolders.push(resolvePath(folder, 'node_modules/.bin'));
    first ??= tryReadManifest(
      disk,
      resolvePath(folder, Object.keys(tryReadManifest(disk, folder)?.dependencies ?? {}).map((name) => `node_modules/${name}`)[0] ?? '.'),
    );
  }
  if (swap) {
    swap = false;
    args[0] = commandOf(first ?? {}, packages[0] as string);
  }
  await display.settled();
  return runLine(session, args, call, binFolders, place);
}

/** Into the folder that `npx` keeps for these packages. */
async function fetchInto(session: Session, folder: string, packages: readonly string[], add: readonly string[]): Promise<void> {
  const { config, display, disk, context } = session;
  const yes = config.get('yes');
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
    permit: (url) => session.calls.call('permitRequest', { url }),
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

export const exec: Command = {
  forWorkspaces: true,
  isShellout: true,
  run: async (session, args, forWorkspaces) => {
    if (!forWorkspaces) return execute(session, args, { runPath: session.cwd });
    const { green, dim } = session.display.colors;
    for (const [name, path] of workspacesOf(session)) {
      await execute(session, args, { runPath: path, note: ` in workspace ${green(name)} at location:\n${dim(path)}` });
    }
  },
};
