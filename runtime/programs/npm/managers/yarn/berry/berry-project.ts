/** A project of Yarn 4 on disk: its lockfile and settings, and what is said of it. */
import { load } from 'js-yaml';
import { minimatch } from 'minimatch';
import { S_IFDIR } from '../../../../../base/file-mode.ts';
import { resolvePath, upwards } from '../../../paths.ts';
import { ManagerProject } from '../../manager-project.ts';
import type { ManagerRun } from '../../manager-run.ts';
import { workspaceFolders, workspacePatterns, type ProjectManifest } from '../../project.ts';
import type { ArchiveFile, ArchiveFolder } from './archive.ts';
import { isBerryLock, parseBerryLock, type BerryLock } from './lockfile.ts';
import type { DependencySettings } from './meant.ts';
import type { BerryReport } from './report.ts';

export interface BerrySettings extends DependencySettings {
  readonly nodeLinker?: string;
  readonly enableImmutableInstalls?: boolean;
  readonly enableScripts?: boolean;
  readonly defaultSemverRangePrefix?: string;
  readonly approvedGitRepositories?: readonly string[] | string;
}

export class BerryProject extends ManagerProject {
  override readonly oneLineForm = 'lines with an end';
  readonly report: BerryReport;
  readonly settings: BerrySettings;

  constructor(run: ManagerRun, report: BerryReport) {
    super(run, berryRoot(run));
    this.report = report;
    this.settings = (load(this.read('.yarnrc.yml') ?? '') as BerrySettings | undefined) ?? {};
  }

  /** Whether the project's settings name a repository's address. */
  isApproved(address: string): boolean {
    const { approvedGitRepositories: patterns = [] } = this.settings;
    return (typeof patterns === 'string' ? [patterns] : patterns).some((pattern) => minimatch(address, pattern, { dot: true }));
  }

  /** Everything in a folder of the project, in the order that Yarn copies it in. */
  filesOf(folder: string): (ArchiveFile | ArchiveFolder)[] {
    const { disk } = this.run.session;
    const found: (ArchiveFile | ArchiveFolder)[] = [];
    const walk = (inner: string): void => {
      const entries = [...disk.list(resolvePath(this.root, folder, inner))].sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const { name, type } of entries) {
        const path = inner === '' ? name : `${inner}/${name}`;
        const full = resolvePath(this.root, folder, path);
        const mode = (disk.stat(full)?.mode ?? 0o644) & 0o777;
        if (type === S_IFDIR) {
          found.push({ path, mode });
          walk(path);
        } else if (disk.isFile(full)) found.push({ path, data: disk.readBytes(full) ?? new Uint8Array(0), mode });
      }
    };
    walk('');
    return found;
  }

  lock(): BerryLock | undefined {
    const text = this.read('yarn.lock');
    return text === undefined || !isBerryLock(text) ? undefined : parseBerryLock(text);
  }
}

/** The nearest folder with a manifest and a lockfile; where none has one, that whose workspace the nearest manifest is. */
function berryRoot(run: ManagerRun): string {
  const own = run.findRoot((folder) => run.has(folder, 'package.json'));
  let root = own;
  for (const folder of upwards(own)) {
    if (!run.has(folder, 'package.json')) continue;
    if (run.has(folder, 'yarn.lock')) return folder;
    const files = run.files(folder);
    const patterns = workspacePatterns(JSON.parse(files.read('package.json') ?? '{}') as ProjectManifest);
    if (folder !== own && workspaceFolders(patterns, files).some((inner) => resolvePath(folder, inner) === own)) root = folder;
  }
  return root;
}
