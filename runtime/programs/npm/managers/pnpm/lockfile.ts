/** `pnpm-lock.yaml`: read in its versions 6 and 9, held as version 9, written as pnpm 9 and 10 write it. */
import { load } from 'js-yaml';
import type { Dependencies } from '../project.ts';
import { yamlFlow, yamlScalar } from '../yaml.ts';

export interface PnpmReference {
  readonly specifier: string;
  /** `1.2.3(peer@1.0.0)`, `other@1.2.3` for an alias, `link:../a`, `file:local`. */
  readonly version: string;
}

export interface PnpmImporter {
  readonly dependencies?: Readonly<Record<string, PnpmReference>>;
  readonly optionalDependencies?: Readonly<Record<string, PnpmReference>>;
  readonly devDependencies?: Readonly<Record<string, PnpmReference>>;
  readonly dependenciesMeta?: Readonly<Record<string, { readonly injected?: boolean }>>;
  readonly publishDirectory?: string;
}

export interface PnpmResolution {
  readonly integrity?: string;
  readonly tarball?: string;
  readonly directory?: string;
  readonly type?: string;
  readonly commit?: string;
  readonly repo?: string;
  readonly gitHosted?: boolean;
}

/** What is known of a version whatever its peers are. */
export interface PnpmPackage {
  readonly resolution: PnpmResolution;
  readonly version?: string;
  readonly name?: string;
  readonly engines?: Dependencies;
  readonly cpu?: readonly string[];
  readonly os?: readonly string[];
  readonly libc?: readonly string[];
  readonly deprecated?: string;
  readonly hasBin?: boolean;
  readonly bundledDependencies?: readonly string[] | boolean;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** One instance of a version with its peers settled. */
export interface PnpmSnapshot {
  readonly dependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly transitivePeerDependencies?: readonly string[];
  /** Nothing needs it. */
  readonly optional?: boolean;
}

export interface PnpmLock {
  readonly lockfileVersion: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly catalogs?: Readonly<Record<string, Readonly<Record<string, PnpmReference>>>>;
  readonly overrides?: Dependencies;
  readonly packageExtensionsChecksum?: string;
  readonly pnpmfileChecksum?: string;
  readonly ignoredOptionalDependencies?: readonly string[];
  readonly patchedDependencies?: Readonly<Record<string, unknown>>;
  /** By folder; `.` is the root. */
  readonly importers: Readonly<Record<string, PnpmImporter>>;
  /** By name and version, without peers. */
  readonly packages: Readonly<Record<string, PnpmPackage>>;
  /** By name, version and peers. */
  readonly snapshots: Readonly<Record<string, PnpmSnapshot>>;
}

/** Why a lockfile cannot be used. `code` is pnpm's, without `ERR_PNPM_`. */
export class PnpmLockError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The key of a snapshot that a reference means; undefined for a link. */
export function snapshotKey(alias: string, reference: string): string | undefined {
  if (reference.startsWith('link:')) return undefined;
  if (reference.startsWith('@')) return reference;
  const [at, colon, bracket] = ['@', ':', '('].map((mark) => reference.indexOf(mark)) as [number, number, number];
  if (at >= 0 && (colon < 0 || at < colon) && (bracket < 0 || at < bracket)) return reference;
  return `${alias}@${reference}`;
}

/** `name@version` of a snapshot's key. */
export function packageKey(key: string): string {
  const bracket = key.indexOf('(');
  return bracket < 0 ? key : key.slice(0, bracket);
}

export function nameOfKey(key: string): string {
  return key.slice(0, key.indexOf('@', 1));
}

/** @throws {PnpmLockError} `BROKEN_LOCKFILE`, `LOCKFILE_BREAKING_CHANGE`. */
export function parsePnpmLock(text: string, path = 'pnpm-lock.yaml'): PnpmLock {
  let document: Partial<Record<string, unknown>>;
  try {
    // A file may begin with a document for the manager itself.
    document = load(text.replace(/^---\n[\s\S]*?\n---\n/, '')) as Partial<Record<string, unknown>>;
  } catch (error) {
    throw new PnpmLockError('BROKEN_LOCKFILE', `The lockfile at "${path}" is broken: ${(error as Error).message}`);
  }
  if (typeof document !== 'object') throw new PnpmLockError('BROKEN_LOCKFILE', `The lockfile at "${path}" is broken: it is empty`);
  const version = String(document['lockfileVersion'] as string | number);
  if (/^9(\.|$)/.test(version)) return { importers: {}, packages: {}, snapshots: {}, ...document, lockfileVersion: version } as PnpmLock;
  if (/^6(\.|$)/.test(version)) return fromVersion6(document as unknown as Version6);
  throw new PnpmLockError('LOCKFILE_BREAKING_CHANGE', `Lockfile ${path} not compatible with current pnpm`);
}

interface Version6 extends PnpmImporter {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly overrides?: Dependencies;
  readonly importers?: Readonly<Record<string, PnpmImporter>>;
  readonly packages?: Readonly<Record<string, PnpmPackage & PnpmSnapshot & { readonly dev?: boolean }>>;
}

/** Version 6 has a slash before keys and references, one table for packages and snapshots, and no importers where there is one. */
function fromVersion6(document: Version6): PnpmLock {
  const plain = (reference: string) => reference.replace(/^\//, '').replace(/\(\//g, '(');
  const references = (list: Readonly<Record<string, PnpmReference>> | undefined) =>
    list === undefined
      ? undefined
      : Object.fromEntries(Object.entries(list).map(([name, { specifier, version }]) => [name, { specifier, version: plain(version) }]));
  const importer = (each: PnpmImporter): PnpmImporter =>
    withoutUndefined({
      dependencies: references(each.dependencies),
      optionalDependencies: references(each.optionalDependencies),
      devDependencies: references(each.devDependencies),
    });
  const list = (dependencies: Dependencies | undefined) =>
    dependencies === undefined
      ? undefined
      : Object.fromEntries(Object.entries(dependencies).map(([name, reference]) => [name, plain(reference)]));
  const packages: Record<string, PnpmPackage> = {};
  const snapshots: Record<string, PnpmSnapshot> = {};
  for (const [key, value] of Object.entries(document.packages ?? {})) {
    const { dependencies, optionalDependencies, transitivePeerDependencies, optional, dev: _, ...rest } = value;
    const own = key.startsWith('file:') ? `${rest.name ?? key}@${key}` : plain(key);
    packages[packageKey(own)] = rest;
    snapshots[own] = withoutUndefined({
      dependencies: list(dependencies),
      optionalDependencies: list(optionalDependencies),
      transitivePeerDependencies,
      ...(optional === true ? { optional } : {}),
    });
  }
  return withoutUndefined({
    lockfileVersion: '9.0',
    settings: document.settings,
    overrides: document.overrides,
    importers: Object.fromEntries(
      Object.entries(document.importers ?? { '.': document }).map(([folder, each]) => [folder, importer(each)]),
    ),
    packages,
    snapshots,
  }) as PnpmLock;
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

const rootOrder = [
  'settings',
  'catalogs',
  'overrides',
  'packageExtensionsChecksum',
  'pnpmfileChecksum',
  'ignoredOptionalDependencies',
  'patchedDependencies',
] as const;
const packageOrder = [
  'resolution',
  'id',
  'name',
  'version',
  'engines',
  'cpu',
  'os',
  'libc',
  'deprecated',
  'hasBin',
  'prepare',
  'requiresBuild',
  'bundledDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'dependencies',
  'optionalDependencies',
  'transitivePeerDependencies',
  'dev',
  'optional',
];
const flowFields = new Set(['resolution', 'engines', 'cpu', 'os', 'libc']);

const inOrder = (order: readonly string[]) => (a: string, b: string) => {
  const [x, y] = [order.indexOf(a), order.indexOf(b)];
  return x === y ? (a < b ? -1 : 1) : (x < 0 ? order.length : x) - (y < 0 ? order.length : y);
};
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export function writePnpmLock(lock: PnpmLock): string {
  const parts = [`lockfileVersion: ${yamlScalar(lock.lockfileVersion)}\n`];
  for (const field of rootOrder) {
    const value = lock[field];
    if (value !== undefined) parts.push(block({ [field]: value }, 0));
  }
  parts.push(table('importers', lock.importers, (importer) => block(sorted(importer, byText, 2), 4)));
  if (Object.keys(lock.packages).length > 0)
    parts.push(table('packages', lock.packages, (pkg) => block(sorted(pkg, inOrder(packageOrder), 2), 4)));
  if (Object.keys(lock.snapshots).length > 0)
    parts.push(table('snapshots', lock.snapshots, (snapshot) => block(sorted(snapshot, inOrder(packageOrder), 2), 4)));
  return parts.join('\n');
}

function table<T extends object>(name: string, rows: Readonly<Record<string, T>>, body: (row: T) => string): string {
  const entries = Object.keys(rows)
    .sort(byText)
    .map((key) => {
      const text = body(rows[key] as T);
      return `\n  ${yamlScalar(key)}:${text === '' ? ' {}\n' : `\n${text}`}`;
    });
  return `${name}:\n${entries.join('')}`;
}

/** A copy with its keys in order: its own by `order`, those of the objects in it by their text. */
function sorted(value: object, order: (a: string, b: string) => number, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort(order)) {
    const inner = (value as Record<string, unknown>)[key];
    const isTable = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    copy[key] =
      isTable && depth > 1 && !flowFields.has(key)
        ? sorted(inner, isReference(inner) ? () => 0 : byText, depth - (key.endsWith('Meta') ? 0 : 1))
        : inner;
  }
  return copy;
}

const isReference = (value: object) => 'specifier' in value;

function block(value: Readonly<Record<string, unknown>>, indent: number): string {
  const space = ' '.repeat(indent);
  let text = '';
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const name = `${space}${yamlScalar(key)}:`;
    if (typeof inner !== 'object' || inner === null) text += `${name} ${yamlScalar(inner)}\n`;
    else if (flowFields.has(key)) text += `${name} ${yamlFlow(inner)}\n`;
    else if (Array.isArray(inner)) text += `${name}\n${inner.map((each) => `${space}  - ${yamlScalar(each)}\n`).join('')}`;
    else if (Object.keys(inner).length === 0) text += `${name} {}\n`;
    else text += `${name}\n${block(inner as Record<string, unknown>, indent + 2)}`;
  }
  return text;
}
