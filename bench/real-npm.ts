/** Real npm, in a folder and with a cache of its own, against the registry of the bench. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export class RealNpm {
  readonly #base = mkdtempSync(join(tmpdir(), 'bavini-bench-npm-'));
  readonly #registry: string;

  constructor(registry: string) {
    this.#registry = registry;
  }

  get #project(): string {
    return join(this.#base, 'project');
  }

  /** A project without `node_modules`. With `cold` npm's cache is empty, too. */
  prepare(files: Readonly<Record<string, string>>, { cold }: { readonly cold: boolean }): void {
    rmSync(this.#project, { recursive: true, force: true });
    if (cold) rmSync(join(this.#base, 'cache'), { recursive: true, force: true });
    mkdirSync(this.#project, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#project, name), text);
  }

  /** Milliseconds from its start to its end. Without install scripts: those of native packages would need what is not baked. */
  install(command: 'ci' | 'install'): Promise<number> {
    return this.#time('npm', [command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  }

  /** The same for real Node in the project. */
  node(...args: readonly string[]): Promise<number> {
    return this.#time(process.execPath, args);
  }

  remove(): void {
    rmSync(this.#base, { recursive: true, force: true });
  }

  async #time(command: string, args: readonly string[]): Promise<number> {
    const start = performance.now();
    const child = spawn(command, args, {
      cwd: this.#project,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        // The same Node for npm as for this program.
        PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
        HOME: this.#base,
        npm_config_cache: join(this.#base, 'cache'),
        npm_config_registry: this.#registry,
        npm_config_globalconfig: '/dev/null',
        npm_config_update_notifier: 'false',
      },
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}: ${said}`);
    return performance.now() - start;
  }
}
