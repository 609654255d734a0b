/** The project's own files, as git would commit them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Tracked files and new ones that are not ignored, from the project's root, with forward slashes. */
export function projectFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return [...new Set(output.split('\0'))].filter((name) => name !== '' && existsSync(name)).sort();
}
