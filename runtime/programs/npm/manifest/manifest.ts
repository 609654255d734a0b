/** `package.json`: as it is on the disk, and as npm understands it. */

export type Dependencies = Readonly<Record<string, string>>;

/** What is known of a package's own fields. Others are kept as they are. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly directories?: Readonly<Record<string, string>>;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly bundleDependencies?: readonly string[];
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly files?: readonly string[];
  readonly main?: string;
  readonly gypfile?: boolean;
  readonly funding?: unknown;
  readonly license?: unknown;
  readonly [field: string]: unknown;
}

/** `name@version`, where there are both. */
export function idOf({ name, version }: Manifest): string | undefined {
  return name !== undefined && name !== '' && version !== undefined && version !== '' ? `${name}@${version}` : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Commands of a package: names without folders, files inside of it. Undefined for none. */
export function normalizeBin(name: string | undefined, bin: unknown): Record<string, string> | undefined {
  const baseName = (text: string) => text.replace(/^@[^/]*\//, '');
  const all: Record<string, unknown> =
    typeof bin === 'string'
      ? name === undefined || name === ''
        ? {}
        : { [baseName(name)]: bin }
      : Array.isArray(bin)
        ? Object.fromEntries((bin as unknown[]).map((file) => [String(file).slice(String(file).lastIndexOf('/') + 1), file]))
        : isRecord(bin)
          ? bin
          : {};
  const clean: Record<string, string> = {};
  for (const [key, file] of Object.entries(all)) {
    if (typeof file !== 'string') continue;
    const command = insidePath(key.replace(/\\|:/g, '/')).replace(/^.*\//, '');
    const target = insidePath(file.replace(/\\|:/g, '/'));
    if (command !== '' && target !== '') clean[command] = target;
  }
  return Object.keys(clean).length === 0 ? undefined : clean;
}

/** Relative, and never above where it begins. */
function insidePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** As npm reads a manifest to work with: odd spellings made plain, entries that cannot be left out. */
export function normalizeManifest(content: unknown): Manifest {
  const data: Record<string, unknown> = isRecord(content) ? { ...content } : {};
  for (const key of Object.keys(data)) if (key.startsWith('_')) delete data[key];
  if (data['bundleDependencies'] === undefined && data['bundledDependencies'] !== undefined) {
    data['bundleDependencies'] = data['bundledDependencies'];
  }
  delete data['bundledDependencies'];
  const { bundleDependencies: bundled, dependencies } = data;
  if (bundled === false) delete data['bundleDependencies'];
  else if (bundled === true) data['bundleDependencies'] = isRecord(dependencies) ? Object.keys(dependencies) : [];
  else if (isRecord(bundled)) data['bundleDependencies'] = Object.keys(bundled);
  for (const type of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']) {
    if (!(type in data)) continue;
    const value = data[type];
    if (!isRecord(value)) delete data[type];
    else data[type] = Object.fromEntries(Object.entries(value).filter(([, range]) => typeof range === 'string'));
  }
  if (isRecord(data['optionalDependencies']) && isRecord(data['dependencies'])) {
    const optional = data['optionalDependencies'];
    data['dependencies'] = Object.fromEntries(Object.entries(data['dependencies']).filter(([name]) => !(name in optional)));
  }
  const scripts = data['scripts'];
  if (isRecord(scripts)) {
    data['scripts'] = Object.fromEntries(
      Object.entries(scripts)
        .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
        .map(([name, script]) => [name, script.replace(/^(\.[/\\])?node_modules[/\\].bin[\\/]/, '')]),
    );
  } else delete data['scripts'];
  const bin = normalizeBin(typeof data['name'] === 'string' ? data['name'] : undefined, data['bin']);
  if (bin === undefined) delete data['bin'];
  else data['bin'] = bin;
  return data;
}
