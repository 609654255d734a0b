/** A project as package managers see it: its `package.json` and those of its workspaces. Reads nothing by itself. */

export type Dependencies = Readonly<Record<string, string>>;

export interface ProjectManifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly dependenciesMeta?: Readonly<Record<string, { readonly injected?: boolean; readonly built?: boolean }>>;
  readonly bundleDependencies?: readonly string[] | boolean;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[]; readonly nohoist?: readonly string[] };
  readonly resolutions?: Dependencies;
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly pnpm?: Readonly<Record<string, unknown>>;
  readonly packageManager?: string;
  readonly trustedDependencies?: readonly string[];
  readonly [field: string]: unknown;
}

export interface Workspace {
  /** From the project's root, without a slash at the end; empty for the root itself. */
  readonly folder: string;
  readonly manifest: ProjectManifest;
}

export interface Project {
  /** Absolute. */
  readonly root: string;
  /** The root first, then by folder. */
  readonly workspaces: readonly Workspace[];
  readonly manifest: ProjectManifest;
}

/** What is read of a project's files. Paths are relative to its root. */
export interface ProjectFiles {
  /** Undefined if there is no such file. */
  read(path: string): string | undefined;
  /** Names of the folders in a folder; none if it is not there. */
  folders(path: string): readonly string[];
}

/** The names that `bin` gives, whichever way it is written. */
export function commandsOf(manifest: { readonly name?: string; readonly bin?: unknown }): Readonly<Record<string, string>> {
  const { bin, name = '' } = manifest;
  if (typeof bin === 'string') return bin === '' ? {} : { [name.replace(/^@[^/]*\//, '')]: bin };
  if (typeof bin !== 'object' || bin === null) return {};
  return Object.fromEntries(
    Object.entries(bin)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([command, file]) => [command.replace(/^.*\//, ''), file]),
  );
}

/** The folders that workspace patterns (`packages/*`, `apps/**`, `!packages/old`) name, in order. Only those with a `package.json` count. */
export function workspaceFolders(patterns: readonly string[], files: ProjectFiles): readonly string[] {
  const found = new Set<string>();
  const clean = (pattern: string) =>
    pattern
      .replace(/^\.\//, '')
      .replace(/\/+$/, '')
      .replace(/\/package\.json$/, '');
  for (const pattern of patterns.filter((each) => !each.startsWith('!'))) {
    const walk = (folder: string, rest: readonly string[]): void => {
      const [part, ...others] = rest;
      const inner = (name: string) => (folder === '' ? name : `${folder}/${name}`);
      const visible = () => files.folders(folder).filter((name) => name !== 'node_modules' && !name.startsWith('.'));
      if (part === undefined) {
        if (folder !== '' && files.read(`${folder}/package.json`) !== undefined) found.add(folder);
      } else if (part === '**') {
        walk(folder, others);
        for (const name of visible()) walk(inner(name), rest);
      } else if (part.includes('*') || part.includes('{')) {
        const shape = segmentShape(part);
        for (const name of visible()) if (shape.test(name)) walk(inner(name), others);
      } else if (part === '.' || part === '') walk(folder, others);
      else walk(inner(part), others);
    };
    walk('', clean(pattern).split('/'));
  }
  for (const pattern of patterns.filter((each) => each.startsWith('!'))) {
    const shape = new RegExp(
      `^${clean(pattern.slice(1))
        .split('/')
        .map((part) => (part === '**' ? '.*' : segmentShape(part).source.slice(1, -1)))
        .join('/')}$`,
    );
    for (const folder of found) if (shape.test(folder)) found.delete(folder);
  }
  return [...found].sort();
}

function segmentShape(part: string): RegExp {
  const source = part
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replace(/\{([^}]*)\}/g, (_, list: string) => `(?:${list.split(',').join('|')})`);
  return new RegExp(`^${source}$`);
}

/** The patterns of a manifest's `workspaces` field. */
export function workspacePatterns(manifest: ProjectManifest): readonly string[] {
  const { workspaces } = manifest;
  if (workspaces === undefined) return [];
  return Array.isArray(workspaces) ? (workspaces as readonly string[]) : ((workspaces as { packages?: readonly string[] }).packages ?? []);
}

/** A `package.json` that is no JSON. Each manager says it in its own way. */
export class ManifestSyntaxError extends SyntaxError {
  readonly path: string;
  readonly text: string;

  constructor(message: string, path: string, text: string) {
    super(message);
    this.path = path;
    this.text = text;
  }
}

/** @throws {ManifestSyntaxError} */
export function parseManifest(text: string, path: string): ProjectManifest {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as ProjectManifest;
  } catch (cause) {
    throw new ManifestSyntaxError((cause as Error).message, path, text);
  }
}

/**
 * The project with its workspaces.
 *
 * @param patterns Instead of the manifest's own, where the manager keeps them elsewhere (`pnpm-workspace.yaml`).
 */
export function readProject(root: string, files: ProjectFiles, patterns?: readonly string[]): Project {
  const manifest = parseManifest(files.read('package.json') ?? '{}', `${root}/package.json`);
  const folders = workspaceFolders(patterns ?? workspacePatterns(manifest), files);
  const workspaces = folders.map((folder) => ({
    folder,
    manifest: parseManifest(files.read(`${folder}/package.json`) ?? '{}', `${root}/${folder}/package.json`),
  }));
  return { root, manifest, workspaces: [{ folder: '', manifest }, ...workspaces] };
}
