/** A project of pnpm on disk: its lockfile and settings. */
import { resolvePath, upwards } from '../../paths.ts';
import type { Words } from '../command-line.ts';
import { ManagerProject } from '../manager-project.ts';
import type { ManagerRun } from '../manager-run.ts';
import type { Dependencies, Project } from '../project.ts';
import { parsePnpmLock, type PnpmLock } from './lockfile.ts';
import { parseWorkspaceFile, type WorkspaceFile } from './workspace-file.ts';

export class PnpmProject extends ManagerProject {
  readonly settings: WorkspaceFile;

  private constructor(run: ManagerRun, root: string, settings: WorkspaceFile) {
    super(run, root, settings.packages ?? []);
    this.settings = settings;
  }

  /** The workspace around the current folder, else the nearest package. */
  static open(run: ManagerRun): PnpmProject {
    const workspace = [...upwards(run.cwd)].find((folder) => run.has(folder, 'pnpm-workspace.yaml'));
    const root = workspace ?? run.findRoot((folder) => run.has(folder, 'package.json'));
    return new PnpmProject(run, root, parseWorkspaceFile(run.files(root).read('pnpm-workspace.yaml')) ?? {});
  }

  /** The workspace that the command is about, by its folder. */
  target(project: Project, words: Words): string {
    return words.flags.has('workspace-root') ? '' : this.ownWorkspace(project);
  }

  lock(): PnpmLock | undefined {
    const text = this.read('pnpm-lock.yaml');
    return text === undefined || text.trim() === '' ? undefined : parsePnpmLock(text, resolvePath(this.root, 'pnpm-lock.yaml'));
  }

  /** The lockfile of what is in place. */
  installedLock(): PnpmLock | undefined {
    const text = this.read('node_modules/.pnpm/lock.yaml');
    return text === undefined ? undefined : parsePnpmLock(text);
  }

  overrides(project: Project): Dependencies {
    const own = project.manifest.pnpm?.['overrides'] as Dependencies | undefined;
    const all = { ...project.manifest.resolutions, ...own, ...this.settings.overrides };
    return Object.fromEntries(
      Object.entries(all).map(([name, range]) => [
        name,
        range.startsWith('$') ? (project.manifest.dependencies?.[range.slice(1)] ?? range) : range,
      ]),
    );
  }

  onlyBuilt(project: Project): readonly string[] {
    return this.settings.onlyBuiltDependencies ?? (project.manifest.pnpm?.['onlyBuiltDependencies'] as readonly string[] | undefined) ?? [];
  }
}
