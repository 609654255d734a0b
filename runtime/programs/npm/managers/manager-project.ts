/** The project that a command line is about, on disk. What a manager's commands share of it. */
import { resolvePath, upwards } from '../paths.ts';
import { ManifestEdit, type OneLineForm } from './manifest-edit.ts';
import type { ManagerRun } from './manager-run.ts';
import { parseManifest, readProject, workspaceFolders, workspacePatterns, type Project, type ProjectManifest } from './project.ts';

/** A script of a workspace, not started yet. */
export interface OwnScript {
  readonly folder: string;
  readonly event: string;
  readonly command: string;
  /** Of the workspace. */
  readonly name: string | undefined;
  /** @returns The exit code. */
  readonly start: () => Promise<number>;
}

export class ManagerProject {
  readonly run: ManagerRun;
  readonly root: string;
  readonly oneLineForm: OneLineForm = 'one line';
  /** Absent: those of `package.json`. */
  readonly #patterns: readonly string[] | undefined;

  constructor(run: ManagerRun, root: string, patterns?: readonly string[]) {
    this.run = run;
    this.root = root;
    run.root = root;
    this.#patterns = patterns;
  }

  /** A file of the project. */
  read(path: string): string | undefined {
    return this.run.files(this.root).read(path);
  }

  has(path: string): boolean {
    return this.run.has(this.root, path);
  }

  write(path: string, text: string): void {
    this.run.write(this.root, path, text);
  }

  /** @param changed Texts of manifests that are not on disk yet. */
  load(changed: ReadonlyMap<string, string> = new Map()): Project {
    const files = this.run.files(this.root);
    return readProject(this.root, { ...files, read: (path) => changed.get(path) ?? files.read(path) }, this.#patterns);
  }

  /** The workspace that the current folder is in; empty for the project itself. */
  ownWorkspace(project = this.load()): string {
    const around = project.workspaces.filter(
      ({ folder }) => folder !== '' && `${this.run.cwd}/`.startsWith(`${resolvePath(this.root, folder)}/`),
    );
    return around.at(-1)?.folder ?? '';
  }

  edit(manifestPath: string): ManifestEdit {
    return new ManifestEdit(this.read(manifestPath) ?? '{}', this.oneLineForm);
  }

  /** The nearest folder with a manifest. */
  get ownFolder(): string {
    return this.run.findRoot((folder) => this.run.has(folder, 'package.json'));
  }

  /** Scripts that the project and its workspaces have for an install, one after the other. */
  async ownScripts(
    project: Project,
    events: readonly string[],
    each: (script: OwnScript) => Promise<void>,
    options: { readonly before?: (command: string) => Promise<void>; readonly quiet?: boolean } = {},
  ): Promise<void> {
    for (const { folder, manifest } of project.workspaces) {
      for (const event of events) {
        const command = manifest.scripts?.[event];
        if (command === undefined) continue;
        const path = resolvePath(this.root, folder);
        const start = () => this.run.script(path, event, [], options);
        await each({ folder, event, command, name: manifest.name, start });
      }
    }
  }

  scripts(folder: string): Readonly<Record<string, string>> {
    const path = resolvePath(folder, 'package.json');
    return parseManifest(this.run.session.disk.readText(path) ?? '{}', path).scripts ?? {};
  }
}

export const manifestPathOf = (folder: string) => (folder === '' ? 'package.json' : `${folder}/package.json`);

/** The folder above that has the nearest manifest among its workspaces; else the one with that manifest. */
export function workspaceRoot(run: ManagerRun): string {
  const own = run.findRoot((folder) => run.has(folder, 'package.json'));
  for (const folder of upwards(own)) {
    if (folder === own || !run.has(folder, 'package.json')) continue;
    const files = run.files(folder);
    const patterns = workspacePatterns(JSON.parse(files.read('package.json') ?? '{}') as ProjectManifest);
    if (patterns.length > 0 && workspaceFolders(patterns, files).some((inner) => resolvePath(folder, inner) === own)) return folder;
  }
  return own;
}
