/** What a check of `npm run verify` hands back, and how checks are run. */
import { spawn } from 'node:child_process';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Shown under the check's name: what is wrong, or what was measured. */
  readonly lines: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

/** One check that has found these problems, or none. */
export function outcomeOf(problems: readonly string[], lines: readonly string[] = []): Outcome {
  return { passed: problems.length === 0 ? 1 : 0, failed: problems.length === 0 ? 0 : 1, lines: [...lines, ...problems] };
}

/** Output is collected, and shown at once if `live`. Never rejects for a code other than 0. */
export function run(
  command: string,
  args: readonly string[],
  { live = false, env = {} }: { readonly live?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (live) process.stdout.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
