/** A project of bun on disk, and what is said of it. */
import { ManagerProject } from '../manager-project.ts';
import { BunError } from './errors.ts';
import { bunVersion, revision } from './help.ts';
import { type BunLock, parseBunLock } from './lockfile.ts';

export class BunProject extends ManagerProject {
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

  get time(): string {
    return `[${this.run.elapsedMs.toFixed(2)}ms]`;
  }
}
