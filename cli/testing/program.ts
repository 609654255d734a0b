/** The built command line as a process, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundleFile } from '../../runtime/tools/build/npm-resolver.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Program {
  /** Where it runs. */
  readonly area = realpathSync(mkdtempSync(join(tmpdir(), 'bavini-cli-')));
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @param name Of the test: those of one run at the same time have files of their own. */
  static async build(name: string): Promise<Program> {
    return new Program(await bundleFile(`bavini-cli-${name}`, 'cli/main.ts'));
  }

  [Symbol.dispose](): void {
    rmSync(this.area, { recursive: true });
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [this.#file, ...args], { cwd: this.area, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  run(...args: readonly string[]): Promise<Ended> {
    const child = this.start(...args);
    const output = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    return new Promise((done) => child.on('close', (code) => done({ code, ...output })));
  }

  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [path, contents] of Object.entries(files)) {
      mkdirSync(dirname(join(this.area, path)), { recursive: true });
      writeFileSync(join(this.area, path), contents);
    }
  }
}
