/**
 * Bakes what `demo/npm.html` installs into `demo/packages`, with the built command line, as the author of a lesson would. What is there
 * already needs no network.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { takeLock } from './build/lock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const lesson = join(root, 'demo/templates/vite-react');
const out = join(root, 'demo/packages');
const lock = join(lesson, 'package-lock.json');
/** The lock that the folder was baked for, written last. */
const bakedFor = join(out, 'package-lock.json');

const isBaked = () => existsSync(bakedFor) && readFileSync(bakedFor).equals(readFileSync(lock));

/**
 * @param begins Called where they have to be fetched.
 * @throws {Error} what the command line says, for example where there is no network.
 */
export async function ensureDemoPackages(begins: () => void = () => undefined): Promise<void> {
  if (isBaked()) return;
  begins();
  mkdirSync(join(root, '.cache'), { recursive: true });
  const release = await takeLock(join(root, '.cache/demo-packages.lock'));
  try {
    if (isBaked()) return; // Another process did it meanwhile.
    rmSync(out, { recursive: true, force: true });
    const args = [join(root, 'dist/cli/bavini.js'), 'bake', lesson, '--out', out];
    // npm knows more places of configuration than `.npmrc`.
    const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'], { cwd: root, shell: process.platform === 'win32' });
    await promisify(execFile)(process.execPath, [...args, '--registry', stdout.trim()]).catch((error: unknown) => {
      throw new Error((error as { stderr?: string }).stderr?.trim() || String(error), { cause: error });
    });
    copyFileSync(lock, bakedFor);
  } finally {
    await release();
  }
}
