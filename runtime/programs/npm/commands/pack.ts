/** `npm pack`: a package as the tarball that would be published, the same bytes from the same files. */
import type { PackumentVersion } from '../../../packages/registry-client.ts';
import { concatBytes } from '../../../base/bytes.ts';
import { gzip } from '../pack/gzip.ts';
import { packedFiles } from '../pack/packed-files.ts';
import { writeTar } from '../pack/tar.ts';
import { Failure } from '../failure.ts';
import { normalizeManifest, type Manifest } from '../manifest/manifest.ts';
import { readManifestFile, tryReadManifest } from '../manifest/read-manifest.ts';
import { openPackages } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import { runScript } from '../scripts/run-script.ts';
import type { Session } from '../session.ts';
import { formatBytes } from './bytes.ts';
import { pickVersion } from './outdated.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

interface Packed {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly shasum: string;
  readonly integrity: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
  readonly entryCount: number;
  readonly bundled: readonly string[];
}

const hex = (bytes: ArrayBuffer) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

async function describe(manifest: Manifest, tarball: Uint8Array<ArrayBuffer>, files: Packed['files']): Promise<Packed> {
  const { name = '', version = '' } = manifest;
  const [sha1, sha512] = await Promise.all([crypto.subtle.digest('SHA-1', tarball), crypto.subtle.digest('SHA-512', tarball)]);
  const compare = new Intl.Collator('en', { sensitivity: 'case', numeric: true }).compare;
  const isUpper = (path: string) => path[0] === path[0]?.toUpperCase();
  const sorted = [...files].sort((a, b) => compare(a.path, b.path));
  const bundled = new Set(files.flatMap(({ path }) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  return {
    id: `${name}@${version}`,
    name,
    version,
    size: tarball.length,
    unpackedSize: files.reduce((sum, { size }) => sum + size, 0),
    shasum: hex(sha1),
    integrity: `sha512-${btoa(String.fromCharCode(...new Uint8Array(sha512)))}`,
    filename: `${name.replace('@', '').replace('/', '-')}-${version}.tgz`,
    files: [...sorted.filter(({ path }) => isUpper(path)), ...sorted.filter(({ path }) => !isUpper(path))],
    entryCount: files.length,
    bundled: [...bundled],
  };
}

async function packFolder(
  session: Session,
  folder: string,
): Promise<{ readonly packed: Packed; readonly tarball: Uint8Array<ArrayBuffer> }> {
  const { disk, config } = session;
  const before = normalizeManifest(readManifestFile(disk, folder).content);
  if (before.name === undefined || before.version === undefined) throw new Failure('Invalid package, must have name and version');
  const run = async (event: string) => {
    const manifest = tryReadManifest(disk, folder) ?? before;
    if (!config.flag('ignore-scripts') && manifest.scripts?.[event] !== undefined) {
      const stdio = config.isDefault('foreground-scripts') || config.flag('foreground-scripts') ? 'inherit' : 'pipe';
      await runScript(session, { event, path: folder, manifest, stdio });
    }
  };
  await run('prepack');
  await run('prepare');
  const manifest = normalizeManifest(readManifestFile(disk, folder).content);
  const bins = new Set(Object.values(manifest.bin ?? {}));
  if (manifest.files === undefined && !disk.exists(resolvePath(folder, '.npmignore')) && disk.exists(resolvePath(folder, '.gitignore'))) {
    session.display.warn(
      'gitignore-fallback',
      'No .npmignore file found, using .gitignore for file exclusion. Consider creating a .npmignore file to explicitly control published files.',
    );
  }
  const entries = packedFiles(disk, folder, manifest).map((path) => {
    const file = resolvePath(folder, path);
    const data = disk.calls.readFile(file);
    // As npm has it: of a command's path the first folder is not compared.
    const executable = bins.has(path.replace(/^[^/]*\//, '')) ? 0o111 : 0;
    return { path, data, mode: ((disk.calls.stat(file).mode & 0o7777) | executable | 0o600) & ~0o22 };
  });
  const tarball = gzip(writeTar(entries.map(({ path, ...rest }) => ({ path: `package/${path}`, ...rest }))));
  const files = entries.map(({ path, data, mode }) => ({ path, size: data.length, mode }));
  const packed = await describe(manifest, tarball, files);
  if (!config.flag('dry-run')) {
    const destination = resolvePath(session.cwd, config.text('pack-destination') ?? '.');
    disk.write(resolvePath(destination, packed.filename), tarball);
  }
  await run('postpack');
  return { packed, tarball };
}

/** What is in a tarball. */
async function filesOf({ signal }: Session, tarball: Uint8Array<ArrayBuffer>): Promise<Packed['files']> {
  const { unpackPackage } = await import('../../../packages/package-tar.ts');
  const { TarHeaders } = await import('../../../packages/tar-headers.ts');
  const { parts } = await unpackPackage(tarball, { signal });
  const headers = new TarHeaders(concatBytes(parts), () => undefined);
  const files: Packed['files'][number][] = [];
  for (let header = headers.next(); header !== undefined; header = headers.next()) {
    if (header.kind === 'file') files.push({ path: header.path, size: header.size, mode: header.mode });
  }
  return files;
}

/** What the registry has of `name@range`. */
export async function findRemote(session: Session, text: string): Promise<PackumentVersion> {
  const { client } = await openPackages(session);
  const at = text.indexOf('@', 1);
  const [name, range] = at < 0 ? [text, '*'] : [text.slice(0, at), text.slice(at + 1)];
  const packument = await client.packument(name, { full: true, spec: `${name}@${range}`, signal: session.signal });
  const version = pickVersion(packument, range);
  const found = version === undefined ? undefined : packument.versions[version];
  if (found === undefined)
    throw new Failure(`No matching version found for ${name}@${range}.`, { code: 'ETARGET', pkgid: `${name}@${range}` });
  return found;
}

/** A package of a registry: its tarball as it is. */
async function packRemote(session: Session, text: string): Promise<Packed> {
  const { client } = await openPackages(session);
  const found = await findRemote(session, text);
  const { name } = found;
  const { tarball: url, integrity } = found.dist;
  const tarball = await client.tarball(url, {
    name,
    spec: text,
    signal: session.signal,
    ...(integrity === undefined ? {} : { integrity }),
  });
  if (integrity !== undefined) {
    const { verifyIntegrity } = await import('../../../packages/integrity.ts');
    await verifyIntegrity(tarball, integrity);
  }
  const packed = await describe({ ...found } as Manifest, tarball, await filesOf(session, tarball));
  if (!session.config.flag('dry-run'))
    session.disk.write(resolvePath(session.cwd, session.config.text('pack-destination') ?? '.', packed.filename), tarball);
  return packed;
}

function tell(session: Session, packed: Packed): void {
  const { display, config } = session;
  const notice = (text: string) => display.log('notice', '', text);
  display.log('notice', '');
  notice(`${config.flag('unicode') ? '📦 ' : 'package:'} ${packed.name}@${packed.version}`);
  display.log('notice', 'Tarball Contents');
  const own = packed.files.filter(({ path }) => !path.startsWith('node_modules/'));
  if (packed.files.length > 0) notice(own.map(({ path, size }) => `${formatBytes(size, false)} ${path}`).join('\n'));
  if (packed.bundled.length > 0) {
    display.log('notice', 'Bundled Dependencies');
    packed.bundled.forEach(notice);
  }
  display.log('notice', 'Tarball Details');
  notice(`name: ${packed.name}`);
  notice(`version: ${packed.version}`);
  notice(`filename: ${packed.filename}`);
  notice(`package size: ${formatBytes(packed.size)}`);
  notice(`unpacked size: ${formatBytes(packed.unpackedSize)}`);
  notice(`shasum: ${packed.shasum}`);
  notice(`integrity: ${packed.integrity.slice(0, 20)}[...]${packed.integrity.slice(80)}`);
  if (packed.bundled.length > 0) {
    notice(`bundled deps: ${packed.bundled.length}`);
    notice(`bundled files: ${packed.entryCount - packed.files.length}`);
    notice(`own files: ${packed.files.length}`);
  }
  notice(`total files: ${packed.entryCount}`);
  display.log('notice', '', '');
}

export const pack: Command = {
  forWorkspaces: true,
  run: async (session, args, forWorkspaces) => {
    const { display, cwd, config, disk } = session;
    const named = args.length === 0 ? ['.'] : args;
    const wanted =
      forWorkspaces && named.includes('.') ? [...workspacesOf(session).values(), ...named.filter((one) => one !== '.')] : named;
    const all: Packed[] = [];
    for (const one of wanted) {
      const isFolder =
        one === '.' ||
        one.startsWith('/') ||
        one.startsWith('./') ||
        one.startsWith('../') ||
        disk.isFile(resolvePath(cwd, one, 'package.json'));
      all.push(
        isFolder ? (await packFolder(session, one === '.' ? config.prefix : resolvePath(cwd, one))).packed : await packRemote(session, one),
      );
    }
    if (display.json) {
      display.buffer(all);
      return;
    }
    for (const packed of all) {
      tell(session, packed);
      display.output(packed.filename);
    }
  },
};
