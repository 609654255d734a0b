/** A project of Yarn 4 on disk: its lockfile and settings, and what is said of it. */
import { load } from 'js-yaml';
import { resolvePath, upwards } from '../../../paths.ts';
import { ManagerProject } from '../../manager-project.ts';
import type { ManagerRun } from '../../manager-run.ts';
import { workspaceFolders, workspacePatterns, type ProjectManifest } from '../../project.ts';
import { isBerryLock, parseBerryLock, type BerryLock } from './lockfile.ts';
import type { BerryReport } from './report.ts';

export interface BerrySettings {
  readonly nodeLinker?: string;
  readonly enableImmutableInstalls?: boolean;
  readonly enableScripts?: boolean;
  readonly defaultSemverRangePrefix?: string;
}

export class BerryProject extends ManagerProject {
  readonly report: BerryReport;
  readonly settings: BerrySettings;

  constructor(run: ManagerRun, report: BerryReport) {
    super(run, berryRoot(run));
    this.report = report;
    this.settings = (load(this.read('.yarnrc.yml') ?? '') as BerrySettings | undefined) ?? {};
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
