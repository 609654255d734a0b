/** `npm view`: what the registry says of a package. */
import compareLoose from 'semver/functions/compare-loose.js';
import satisfies from 'semver/functions/satisfies.js';
import valid from 'semver/functions/valid.js';
import type { Packument } from '../../../packages/registry-client.ts';
import { Failure } from '../failure.ts';
import { normalizeManifest } from '../manifest/manifest.ts';
import { readManifestFile } from '../manifest/read-manifest.ts';
import { queryFields } from '../manifest/query.ts';
import { openPackages } from '../packages.ts';
import type { Session } from '../session.ts';
import { formatBytes } from './bytes.ts';
import { inspect } from '../progress/inspect.ts';
import { relativeDate } from './relative-date.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

type Fields = Record<string, unknown>;

interface Person {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

const personText = ({ name = '', email, url }: Person) =>
  `${name}${email === undefined ? '' : ` <${email}>`}${url === undefined ? '' : ` (${url})`}`;

/** People as one line. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const { name, email, url } = value as Person;
  const isPerson =
    name !== undefined &&
    keys.length <= 3 &&
    (keys.length === 1 ||
      (keys.length === 3 && email !== undefined && url !== undefined) ||
      (keys.length === 2 && (email ?? url) !== undefined));
  return isPerson ? personText(value as Person) : value;
}

function pretty(session: Session, packument: Packument, versions: readonly string[], manifest: Fields): string {
  const { red, green, cyan, blue, dim, underline } = session.display.colors;
  const dependencies = Object.entries((manifest['dependencies'] ?? {}) as Record<string, string>).map(
    ([name, range]) => `${blue(name)}: ${range}`,
  );
  const time = packument.time ?? {};
  const tags = Object.entries(packument['dist-tags'])
    .sort(([aTag, a], [bTag, b]) => {
      const at = (tag: string, version: string) => (tag === 'latest' ? Infinity : Date.parse(time[version] ?? '') || 0);
      return at(aTag, a) === at(bTag, b) ? (aTag > bTag ? -1 : 1) : at(aTag, a) > at(bTag, b) ? -1 : 1;
    })
    .map(([tag, version]) => `${blue(tag)}: ${version}`);
  const homepage = manifest['homepage'] as string | { readonly url?: string } | undefined;
  const site = typeof homepage === 'string' ? homepage : homepage?.url;
  const bins = Object.keys((manifest['bin'] ?? {}) as object);
  const licenceField = manifest['license'] as string | { readonly type?: string } | undefined;
  const licence = (typeof licenceField === 'string' ? licenceField : licenceField?.type) ?? 'Proprietary';
  const dist = manifest['dist'] as {
    readonly tarball: string;
    readonly shasum?: string;
    readonly integrity?: string;
    readonly unpackedSize?: number;
  };
  const lines: string[] = [''];
  lines.push(
    [
      underline(cyan(`${String(manifest['name'])}@${String(manifest['version'])}`)),
      (licence.toLowerCase().trim() === 'proprietary' ? red : green)(licence),
      `deps: ${cyan(dependencies.length > 0 ? String(dependencies.length) : 'none')}`,
      `versions: ${cyan(String(versions.length))}`,
    ].join(' | '),
  );
  if (typeof manifest['description'] === 'string' && manifest['description'] !== '') lines.push(manifest['description']);
  if (site !== undefined) lines.push(blue(site));
  if (typeof manifest['deprecated'] === 'string') {
    lines.push(`\n${red('DEPRECATED')}${session.config.flag('unicode') ? ' ⚠️ ' : '!!'} - ${manifest['deprecated']}`);
  }
  const keywords = packument['keywords'] as readonly string[] | undefined;
  if (keywords !== undefined && keywords.length > 0) lines.push(`\nkeywords: ${keywords.map((word) => cyan(word)).join(', ')}`);
  if (bins.length > 0) lines.push(`\nbin: ${cyan(bins.join(', '))}`);
  lines.push('\ndist', `.tarball: ${blue(dist.tarball)}`, `.shasum: ${green(dist.shasum ?? '')}`);
  if (dist.integrity !== undefined) lines.push(`.integrity: ${green(dist.integrity)}`);
  if (dist.unpackedSize !== undefined) lines.push(`.unpackedSize: ${blue(formatBytes(dist.unpackedSize))}`);
  if (dependencies.length > 0) {
    lines.push('\ndependencies:', dependencies.slice(0, 24).join(', '));
    if (dependencies.length > 24) lines.push(dim(`(...and ${dependencies.length - 24} more.)`));
  }
  const maintainers = packument['maintainers'] as readonly Person[] | undefined;
  if (maintainers !== undefined && maintainers.length > 0) {
    lines.push('\nmaintainers:');
    for (const { name = '', email } of maintainers)
      lines.push(`- ${personText({ name: blue(name), ...(email === undefined ? {} : { email: dim(email) }) })}`);
  }
  lines.push('\ndist-tags:', tags.slice(0, 5).join('\n'));
  if (tags.length > 5) lines.push(dim(`(...and ${tags.length - 5} more.)`));
  const user = manifest['_npmUser'] as Person | undefined;
  if (user !== undefined || packument.time !== undefined) {
    const published = time[String(manifest['version'])];
    const by =
      user === undefined
        ? ''
        : ` by ${personText({ name: blue(user.name ?? ''), ...(user.email === undefined ? {} : { email: dim(user.email) }) })}`;
    lines.push('', `published${published === undefined ? '' : ` ${cyan(relativeDate(published))}`}${by}`);
  }
  return lines.join('\n');
}

/** What was asked for of each version, in npm's forms: bare texts where there is only one. */
function fieldsText(session: Session, data: Readonly<Record<string, Fields>>, id: string): unknown {
  const { json } = session.display;
  const versions = Object.keys(data);
  const many = versions.length > 1;
  let manyFields = false;
  const found = versions.flatMap((version): unknown[] => {
    const fields = Object.entries(data[version] as Fields);
    manyFields ||= fields.length > 1;
    if (json) return [Object.fromEntries(fields.map(([name, value]) => [name, tidy(value)]))];
    return fields.map(([name, value]) => {
      const tidied = tidy(value);
      const text =
        many || manyFields || typeof tidied !== 'string'
          ? inspect(tidied, { depth: 5, maxEntries: Infinity, paint: session.display.colors })
          : tidied;
      return `${many ? `${id}@${version} ` : ''}${manyFields && name !== '' ? `${name} = ` : ''}${text}`;
    });
  });
  if (!json) return found.join('\n').trim();
  const first = Object.keys((found[0] ?? {}) as object);
  const unwrapped = first.length === 1 ? (found as Fields[]).map((one) => one[first[0] as string]) : found;
  return unwrapped.length === 0 ? undefined : unwrapped.length === 1 ? unwrapped[0] : unwrapped;
}

async function viewPackage(session: Session, text: string, fields: readonly string[], workspace: boolean): Promise<void> {
  const { display, config } = session;
  const at = text.indexOf('@', 1);
  const name = at < 0 ? text : text.slice(0, at);
  const range = at < 0 ? '' : text.slice(at + 1);
  if (!display.json && fields.length > 0 && workspace) display.output(`${text}:`);
  const { client } = await openPackages(session);
  const packument = await client.packument(name, { full: true, spec: `${name}@${range === '' ? '*' : range}`, signal: session.signal });
  const wanted = range === '' || range === '*' ? (config.text('tag') ?? 'latest') : range;
  const version = packument['dist-tags'][wanted] ?? wanted;
  const versions = Object.keys(packument.versions)
    .filter((one) => valid(one) !== null)
    .sort(compareLoose);
  const matching = Object.entries(packument.versions).filter(([one]) => satisfies(one, version, true));
  if (matching.length === 0 && version !== 'latest') {
    throw new Failure(`No match found for version ${version}`, { code: 'E404', pkgid: `${name}@${version}` });
  }
  const merged = matching.map(([one, manifest]) => {
    const all: Fields = { ...packument, versions, ...manifest };
    if (!fields.includes('readme')) delete all['readme'];
    return [one, all] as const;
  });
  if (fields.length === 0 && !display.json) {
    for (const [, manifest] of merged) display.output(pretty(session, packument, versions, manifest));
    return;
  }
  const data: Record<string, Fields> = {};
  for (const [one, all] of merged) {
    const shown =
      fields.length === 0 ? all : (Object.assign({}, ...fields.map((field) => queryFields(all, field, !display.json))) as Fields);
    if (fields.length === 0 || Object.keys(shown).length > 0) data[one] = shown;
  }
  const result = fieldsText(session, data, name);
  if (result === undefined || result === '') return;
  if (display.json) display.buffer(workspace ? { [text]: result } : result);
  else display.output(String(result));
}

export const view: Command = {
  forWorkspaces: true,
  run: async (session, args, forWorkspaces) => {
    const { config, disk, display } = session;
    const [text = '.', ...fields] = args;
    const isLocal = text === '.' || text.startsWith('.@');
    if (forWorkspaces && isLocal) {
      for (const name of workspacesOf(session).keys()) await viewPackage(session, `${name}${text.slice(1)}`, fields, true);
      return;
    }
    if (forWorkspaces) display.warn('Ignoring workspaces for specified package(s)', '');
    if (!isLocal) {
      await viewPackage(session, text, fields, false);
      return;
    }
    if (config.global) throw new Failure('Cannot use view command in global mode.');
    const { name } = normalizeManifest(readManifestFile(disk, config.prefix, '').content);
    if (name === undefined || name === '') throw new Failure('Invalid package.json, no "name" field');
    await viewPackage(session, `${name}${text.slice(1)}`, fields, false);
  },
};
