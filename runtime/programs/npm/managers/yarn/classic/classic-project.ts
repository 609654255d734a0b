/** A project of Yarn 1 on disk, and what is said of it. */
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { ManagerProject } from '../../manager-project.ts';
import type { ManagerRun } from '../../manager-run.ts';
import { parseManifest } from '../../project.ts';
import { classicVersion } from './help.ts';
import { type ClassicLock, parseClassicLock } from './lockfile.ts';

export class ClassicProject extends ManagerProject {
  override readonly oneLineForm = 'lines with an end';
  readonly #silent: boolean;

  constructor(run: ManagerRun, root: string, { silent }: { readonly silent: boolean }) {
    super(run, root);
    this.#silent = silent;
  }

  async say(text: string): Promise<void> {
    if (!this.#silent) await this.run.out(text);
  }

  /** @param folder Whose manifest is looked at. */
  async begin(name: string, folder = this.ownFolder): Promise<void> {
    await this.say(`yarn ${name} v${classicVersion}`);
    const path = resolvePath(folder, 'package.json');
    const text = this.run.session.disk.readText(path);
    if (text === undefined) return;
    const { license, private: isPrivate } = parseManifest(text, path);
    if (license === undefined && isPrivate !== true) await this.warn('package.json: No license field');
  }

  async warn(text: string): Promise<void> {
    await this.run.err(`warning ${text}`);
  }

  /** By a flag, which `--production=false` takes back, or by the environment. */
  isProduction({ flags }: Words): boolean {
    const flag = flags.get('production') ?? flags.get('prod');
    return flag === undefined ? this.run.context.env.get('NODE_ENV') === 'production' : flag !== 'false';
  }

  lock(): ClassicLock | undefined {
    const text = this.read('yarn.lock');
    return text === undefined ? undefined : parseClassicLock(text);
  }

  async done(): Promise<number> {
    await this.say(`Done in ${(this.run.elapsedMs / 1000).toFixed(2)}s.`);
    return 0;
  }

  async failed(code: number): Promise<number> {
    await this.run.err(`error Command failed with exit code ${code}.`);
    await this.run.out('info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.');
    return code;
  }
}
