/** `pacote` for npm's code: what there is of a package, over the registry client of `runtime/packages`. */
import PackageJson from '@npmcli/package-json';
import npa, { type Spec } from 'npm-package-arg';
import pickManifest from 'npm-pick-manifest';
import ssri from 'ssri';
import { hashOf } from '../../../../packages/integrity.ts';
import { session } from '../session.ts';
import { gitSource } from '../git-source.ts';
import { unpackInto } from '../unpack.ts';
import { tmp } from './cacache.ts';

interface Options {
  readonly where?: string;
  readonly before?: string | null;
  readonly defaultTag?: string;
  readonly integrity?: string | null;
  readonly resolved?: string;
  readonly [option: string]: unknown;
}

type Manifest = Record<string, unknown> & { version: string };

const steps = PackageJson.normalizeSteps.filter((step) => step !== '_attributes');

export function manifest(raw: string | Spec, options: Options): Promise<Manifest> {
  const spec = npa(raw, options.where);
  switch (spec.type) {
    case 'directory':
      return manifestOfFolder(spec);
    case 'file':
    case 'remote':
    case 'git':
      return manifestOfTarball(spec, options);
    default:
      return manifestOfRegistry(spec.subSpec ?? spec, options);
  }
}

async function manifestOfRegistry(spec: Spec, options: Options): Promise<Manifest> {
  const { packuments } = session();
  const packument = await packuments.packument(spec.name as string, spec.raw);
  const picked = pickManifest(packument, spec.fetchSpec ?? '', { ...options, defaultTag: options.defaultTag ?? 'latest' });
  packuments.followVersion(picked, false);
  const { content } = await new PackageJson().fromContent({ ...picked }).normalize({ steps: [...steps] });
  const found = content as Manifest & { dist?: { tarball?: string; integrity?: string; shasum?: string } };
  const time = packument.time?.[found.version];
  if (time !== undefined) found['_time'] = time;
  if (found.dist === undefined) return found;
  const { tarball, integrity, shasum } = found.dist;
  found['_resolved'] = tarball;
  found['_from'] = `${spec.name}@${spec.rawSpec}`;
  const hash = integrity ? ssri.parse(integrity) : shasum ? ssri.fromHex(shasum, 'sha1') : null;
  if (hash === null) return found;
  const wanted = options.integrity ? ssri.parse(options.integrity) : null;
  if (wanted !== null && !wanted.match(hash)) {
    const algorithm = Object.keys(wanted).find((name) => name in hash);
    if (algorithm !== undefined)
      throw Object.assign(
        new Error(`Integrity checksum failed when using ${algorithm}: wanted ${String(wanted)} but got ${String(hash)}.`),
        { code: 'EINTEGRITY' },
      );
  }
  found['_integrity'] = String(wanted?.concat(hash) ?? hash);
  return found;
}

async function manifestOfFolder(spec: Spec): Promise<Manifest> {
  const { content } = await PackageJson.normalize(spec.fetchSpec as string);
  return { ...content, _integrity: null, _resolved: spec.fetchSpec, _from: spec.saveSpec } as unknown as Manifest;
}

function manifestOfTarball(spec: Spec, options: Options): Promise<Manifest> {
  return tmp.withTmp('', {}, async (folder) => {
    const { resolved, integrity } = await fetchInto(spec, folder, options);
    const { content } = await PackageJson.normalize(folder);
    const from = spec.type === 'git' ? spec.hosted?.shortcut({ noCommittish: false }) : spec.saveSpec;
    return { ...content, _integrity: integrity ?? null, _resolved: resolved, _from: from } as unknown as Manifest;
  });
}

/** npm takes a tarball that is not there for one that was damaged on its way, and says so before it says what is wrong. */
function fileOf(spec: Spec, path: string, integrity: string | undefined): Uint8Array<ArrayBuffer> {
  const { overlay, warn } = session();
  if (!overlay.has(path)) {
    const name = spec.name === null || spec.name === undefined ? '' : `${spec.name}@`;
    for (let i = 0; i < 2; i++)
      warn('tarball', [`tarball data for ${name}${spec.saveSpec ?? ''} (${integrity ?? 'null'}) seems to be corrupted. Trying again.`]);
  }
  return overlay.read(path) as Uint8Array<ArrayBuffer>;
}

/** Unpacks a tarball below `folder`; its integrity is absent for git, where it depends on who packed it. */
async function fetchInto(spec: Spec, folder: string, options: Options): Promise<{ resolved: string; integrity?: string }> {
  const { overlay, request } = session();
  const wanted = options.integrity ?? undefined;
  const signal = request.signal === undefined ? {} : { signal: request.signal };
  if (spec.type === 'git') {
    const source = await gitSource(spec, request);
    await unpackInto(overlay, folder, await request.source.tarball(source.tarball, signal), { ...signal, allowGitIgnore: true });
    return { resolved: source.resolved };
  }
  const resolved =
    spec.type === 'file'
      ? (spec.fetchSpec as string)
      : (request.source.replaceHost?.(spec.fetchSpec as string) ?? (spec.fetchSpec as string));
  const bytes =
    spec.type === 'file'
      ? fileOf(spec, resolved, wanted)
      : await request.source.tarball(resolved, { ...signal, spec: spec.raw, ...(wanted === undefined ? {} : { integrity: wanted }) });
  await unpackInto(overlay, folder, bytes, { ...signal, ...(wanted === undefined ? {} : { integrity: wanted }) });
  return { resolved, integrity: wanted ?? (await hashOf(bytes)) };
}

/** Into a temporary folder: arborist looks for bundled packages and shrinkwraps there. */
export async function extract(raw: string | Spec, folder: string, options: Options): Promise<void> {
  await fetchInto(npa(raw, options.where), folder, options);
}
