/** A project of bun on disk, and what is said of it. */
import { ManagerProject } from '../manager-project.ts';
import type { ManagerRun } from '../manager-run.ts';
import { parseManifest } from '../project.ts';
import { BunError } from './errors.ts';
import { bunVersion, revision } from './help.ts';
import { bunArchive } from './layout.ts';
import { type BunLock, parseBunLock } from './lockfile.ts';

export class BunProject extends ManagerProject {
  override readonly oneLineForm = 'lines';
  constructor(run: ManagerRun, root: string) {
    super(run, root);
    run.remoteOptions = { archive: bunArchive };
  }

  lock(): BunLock | undefined {
    const text = this.read('bun.lock');
    if (text === undefined && this.has('bun.lockb'))
      throw new BunError(
        'bun.lockb, the binary lockfile, cannot be read here; run "bun install --save-text-lockfile" where bun is installed',
      );
    return text === undefined ? undefined : parseBunLock(text);
  }

  title(name: string): Promise<void> {
    return this.run.out(`bun ${name} v${bunVersion} (${revision})`);
  }

  /** For {@link BunLayoutOptions}. */
  readonly installed = (place: string, tag: string): string | undefined =>
    this.read(`${place}/.bun-tag`) === tag
      ? parseManifest(this.read(`${place}/package.json`) ?? '{}', `${this.root}/${place}/package.json`).version
      : undefined;

  get time(): string {
    return `[${this.run.elapsedMs.toFixed(2)}ms]`;
  }
}
