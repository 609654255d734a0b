/** `bun.lock`: JSON with commas at the ends of lists, read and written as bun does. Its keys say where each package is. */
import type { Dependencies } from '../project.ts';

export interface BunWorkspace {
  readonly name?: string;
  readonly version?: string;
  readonly bin?: string | Dependencies;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly optionalPeers?: readonly string[];
}

export interface BunPackageInfo {
  readonly dependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly optionalPeers?: readonly string[];
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
  readonly libc?: string | readonly string[];
  readonly bin?: string | Dependencies;
  readonly binDir?: string;
  readonly hasInstallScript?: boolean;
  readonly bundled?: boolean;
}

export interface BunPackage {
  /** `name@1.0.0`, `name@workspace:packages/a`, `name@file:local`, `name@github:owner/name#0123456`, `name@https://…`. */
  readonly id: string;
  /** Its tarball, where that is not the default registry's; undefined for what no registry has. */
  readonly address?: string;
  readonly info: BunPackageInfo;
  /** Of a repository's commit: the name of the folder in its tarball. */
  readonly tag?: string;
  readonly integrity?: string;
}

export interface BunLock {
  readonly lockfileVersion: number;
  readonly configVersion?: number;
  /** By folder; empty for the root. */
  readonly workspaces: Readonly<Record<string, BunWorkspace>>;
  readonly trustedDependencies?: readonly string[];
  readonly patchedDependencies?: Dependencies;
  readonly overrides?: Dependencies;
  readonly catalog?: Dependencies;
  readonly catalogs?: Readonly<Record<string, Dependencies>>;
  /** By the names on the way to it: `b/debug/ms`. */
  readonly packages: Readonly<Record<string, BunPackage>>;
}

/** @throws {SyntaxError} */
export function parseBunLock(text: string): BunLock {
  const document = JSON.parse(plainJson(text)) as Omit<BunLock, 'packages'> & {
    readonly packages?: Readonly<Record<string, readonly unknown[]>>;
  };
  if (document.lockfileVersion > 2) throw new SyntaxError('Unknown lockfile version');
  const packages: Record<string, BunPackage> = {};
  for (const [key, value] of Object.entries(document.packages ?? {})) {
    const [id, ...rest] = value as [string, ...unknown[]];
    const info = rest.find((each): each is BunPackageInfo => typeof each === 'object' && each !== null) ?? {};
    const texts = rest.filter((each): each is string => typeof each === 'string');
    const address = typeof rest[0] === 'string' ? texts.shift() : undefined;
    const integrity = /^sha\d+-/.test(texts.at(-1) ?? '') ? texts.pop() : undefined;
    const [tag] = texts;
    packages[key] = {
      id,
      info,
      ...(address === undefined ? {} : { address }),
      ...(tag === undefined ? {} : { tag }),
      ...(integrity === undefined ? {} : { integrity }),
    };
  }
  return { ...document, packages };
}

/** Takes away comments and commas that JSON does not have. */
function plainJson(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*(?:\/\/[^\n]*\s*)*[}\]])/g, (found) =>
    found.startsWith('"') ? found : '',
  );
}

/** The names that a key is made of. */
export function keyParts(key: string): string[] {
  return key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? [];
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, each]) => `${JSON.stringify(key)}: ${inline(each)}`).join(', ')} }`;
}

function spread(value: object, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((each) => `${inner}${JSON.stringify(each)},\n`).join('')}${indent}]`;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  if (entries.length === 0) return '{}';
  const line = ([key, each]: [string, unknown]) =>
    `${inner}${JSON.stringify(key)}: ${typeof each === 'object' && each !== null ? spread(each, inner) : JSON.stringify(each)},\n`;
  return `{\n${entries.map(line).join('')}${indent}}`;
}

export function writeBunLock(lock: BunLock): string {
  let text = `{\n  "lockfileVersion": ${lock.lockfileVersion},\n`;
  if (lock.configVersion !== undefined) text += `  "configVersion": ${lock.configVersion},\n`;
  text += `  "workspaces": ${spread(lock.workspaces, '  ')},\n`;
  for (const field of ['trustedDependencies', 'patchedDependencies', 'overrides', 'catalog', 'catalogs'] as const) {
    const value = lock[field];
    if (value !== undefined && Object.keys(value).length > 0) text += `  ${JSON.stringify(field)}: ${spread(value, '  ')},\n`;
  }
  const rows = sortedKeys(lock.packages).map((key) => {
    const { id, address, info, tag, integrity } = lock.packages[key] as BunPackage;
    const isWorkspace = /@workspace:/.test(id.slice(1));
    const parts: unknown[] = [
      id,
      ...(address === undefined ? [] : [address]),
      ...(isWorkspace ? [] : [info]),
      ...(tag === undefined ? [] : [tag]),
      ...(integrity === undefined ? [] : [integrity]),
    ];
    return `    ${JSON.stringify(key)}: ${inline(parts)},\n`;
  });
  text += rows.length === 0 ? '  "packages": {}\n}\n' : `  "packages": {\n${rows.join('\n')}  }\n}\n`;
  return text;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Least deep first, then by their text. */
function sortedKeys(packages: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(packages).sort((a, b) => keyParts(a).length - keyParts(b).length || byText(a, b));
}
