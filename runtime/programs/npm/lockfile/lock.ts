/** `package-lock.json` and `npm-shrinkwrap.json` of all versions, as the flat table of places that version 3 is. */
import type { Disk } from '../disk.ts';
import { Failure } from '../failure.ts';
import { JsonFailure, parseJson, type JsonFormat } from '../manifest/json.ts';
import type { Dependencies } from '../manifest/manifest.ts';
import { resolvePath } from '../paths.ts';

/** What is locked at one place. */
export interface LockEntry {
  /** Only where the folder is called otherwise. */
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly extraneous?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
  readonly hasShrinkwrap?: boolean;
  readonly deprecated?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly bundleDependencies?: readonly string[];
  readonly workspaces?: unknown;
  readonly funding?: unknown;
  readonly license?: unknown;
}

export interface Lock {
  /** `package-lock.json` or `npm-shrinkwrap.json`. */
  readonly file: string;
  readonly version: 1 | 2 | 3;
  readonly name?: string;
  readonly packageVersion?: string;
  readonly format: JsonFormat;
  /** By place, the project's own at the empty one. */
  readonly packages: ReadonlyMap<string, LockEntry>;
}

interface OldEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly bundled?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly requires?: Dependencies | boolean;
  readonly dependencies?: Readonly<Record<string, OldEntry>>;
}

interface LockText {
  readonly name?: string;
  readonly version?: string;
  readonly lockfileVersion?: number;
  readonly packages?: Readonly<Record<string, LockEntry>>;
  readonly dependencies?: Readonly<Record<string, OldEntry>>;
}

export const lockNames = ['npm-shrinkwrap.json', 'package-lock.json'] as const;
export const hiddenLockPlace = 'node_modules/.package-lock.json';

/** A version 1 lock has a tree of names; aliases, folders and tarballs are told by the version's text. */
function flatten(tree: Readonly<Record<string, OldEntry>>, folder: string, into: Map<string, LockEntry>): void {
  for (const [name, old] of Object.entries(tree)) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    const version = old.version ?? '';
    const alias = /^npm:(@?[^@]+)@(.*)$/.exec(version);
    const flags = {
      ...(old.dev === true ? { dev: true } : {}),
      ...(old.optional === true ? { optional: true } : {}),
      ...(old.bundled === true ? { inBundle: true } : {}),
      ...(typeof old.requires === 'object' ? { dependencies: old.requires } : {}),
    };
    if (version.startsWith('file:') && !/\.(?:tgz|tar\.gz|tar)$/i.test(version)) {
      into.set(place, { resolved: version.slice(5), link: true });
      into.set(version.slice(5), { ...flags });
      continue;
    }
    const isAddress = /^(?:file:|https?:|git[+:]|github:|ssh:)/.test(version);
    into.set(place, {
      ...(alias === null ? {} : { name: alias[1] as string }),
      version: alias === null ? (isAddress ? versionInAddress(name, version) : version) : (alias[2] as string),
      ...(isAddress ? { resolved: version } : old.resolved === undefined ? {} : { resolved: old.resolved }),
      ...(old.integrity === undefined ? {} : { integrity: old.integrity }),
      ...flags,
    });
    if (old.dependencies !== undefined) flatten(old.dependencies, place, into);
  }
}

function versionInAddress(name: string, address: string): string {
  const base = name.slice(name.indexOf('/') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`${base}-(\\d+\\.\\d+\\.\\d+[^/]*)\\.(?:tgz|tar\\.gz|tar)$`, 'i').exec(address)?.[1] ?? '';
}

/** Undefined where there is none, or it holds nothing to go by. @throws {Failure} `EJSONPARSE`. */
export function readLock(disk: Disk, root: string): Lock | undefined {
  for (const file of lockNames) {
    const path = resolvePath(root, file);
    const text = disk.readText(path);
    if (text !== undefined) return parseLock(text, file, path);
  }
  return undefined;
}

function parseLock(text: string, file: string, path: string): Lock | undefined {
  let parsed;
  try {
    parsed = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonFailure)) throw error;
    throw new Failure('Invalid package-lock.json', { code: 'EJSONPARSE', path, json: error.text, cause: error });
  }
  const data = (typeof parsed.value === 'object' && parsed.value !== null ? parsed.value : {}) as LockText;
  const version = data.lockfileVersion === 2 || data.lockfileVersion === 3 ? data.lockfileVersion : 1;
  const packages = new Map<string, LockEntry>();
  if (data.packages !== undefined) for (const [place, entry] of Object.entries(data.packages)) packages.set(place, entry);
  else if (data.dependencies !== undefined) flatten(data.dependencies, '', packages);
  else return undefined;
  return {
    file,
    version,
    format: parsed.format,
    packages,
    ...(typeof data.name === 'string' ? { name: data.name } : {}),
    ...(typeof data.version === 'string' ? { packageVersion: data.version } : {}),
  };
}

/** The name of what is at a place: that of its folder. */
export function nameAt(place: string): string {
  const at = place.lastIndexOf('node_modules/');
  if (at >= 0) return place.slice(at + 'node_modules/'.length);
  const parts = place.split('/');
  const last = parts.at(-1) ?? '';
  return parts.at(-2)?.startsWith('@') === true ? `${parts.at(-2)}/${last}` : last;
}
