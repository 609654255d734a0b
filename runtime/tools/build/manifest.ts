/** `custom-elements.json`, from the elements' doc comments. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Output } from './output.ts';

const folder = '.cache/manifest';

export async function writeManifest(output: Output): Promise<void> {
  if (!existsSync('components/define.ts')) return;
  const exclude = ['components/**/*.test.ts', 'components/**/*.styles.ts', 'components/**/testing/**'];
  execFileSync(process.execPath, [
    'node_modules/@custom-elements-manifest/analyzer/cem.js',
    ...['analyze', '--litelement', '--quiet', '--outdir', folder, '--globs', 'components/**/*.ts'],
    ...exclude.flatMap((glob) => ['--exclude', glob]),
  ]);
  await output.write('custom-elements.json', readFileSync(`${folder}/custom-elements.json`));
}
