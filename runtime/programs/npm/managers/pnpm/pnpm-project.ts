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

  /**
   * A setting by its name in `pnpm-workspace.yaml` (`saveExact`): by a flag, from that file, or from the `.npmrc` files and the environment
   * (`save-exact`). Undefined where nobody says anything.
   */
  setting(name: string, { flags }: Pick<Words, 'flags'> = { flags: new Map() }): unknown {
    const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (flags.has(`no-${dashed}`)) return false;
    const { config } = this.run.session;
    const value = flags.get(dashed) ?? this.settings[name] ?? (config.isDefault(dashed) ? undefined : config.get(dashed));
    return value === 'true' ? true : value === 'false' ? false : value;
  }

  /** The same for patterns. */
  patterns(name: string, words?: Pick<Words, 'flags'>): readonly string[] | undefined {
    const value = this.setting(name, words);
    return value === undefined || typeof value === 'boolean' ? undefined : Array.isArray(value) ? value.map(String) : [String(value)];
  }

  /** Which names are offered to those that do not declare them, and where. */
  hoisting(words: Pick<Words, 'flags'>): { readonly hoistPattern?: readonly string[]; readonly publicHoistPattern?: readonly string[] } {
    const own = this.setting('hoist', words) === false ? [] : this.patterns('hoistPattern', words);
    const shared =
      this.setting('shamefullyHoist', words) === true || this.setting('nodeLinker', words) === 'hoisted'
        ? ['*']
        : this.patterns('publicHoistPattern', words);
    return { ...(own === undefined ? {} : { hoistPattern: own }), ...(shared === undefined ? {} : { publicHoistPattern: shared }) };
  }

  get catalogs(): Readonly<Record<string, Dependencies>> {
    return { ...(this.settings.catalog === undefined ? {} : { default: this.settings.catalog }), ...this.settings.catalogs };
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
