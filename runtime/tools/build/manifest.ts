/** `custom-elements.json`, from the elements' doc comments. */
import { existsSync } from 'node:fs';
import type { Output } from './output.ts';

interface Analyzer {
  /** With `noWrite` it gives the manifest. It still writes `customElements` into `package.json` unless that is `OUTDIR/custom-elements.json` already. */
  cli(options: { argv: readonly string[]; cwd: string; noWrite: boolean }): Promise<object>;
}

export async function writeManifest(output: Output): Promise<void> {
  if (!existsSync('components/define.ts')) return;
  const exclude = ['components/**/*.test.ts', 'components/**/*.styles.ts', 'components/**/testing/**'];
  const { cli } = (await import('@custom-elements-manifest/analyzer/cli.js' as string)) as Analyzer;
  const argv = [
    'analyze',
    '--litelement',
    '--quiet',
    '--outdir',
    'dist',
    '--globs',
    'components/**/*.ts',
    ...exclude.flatMap((glob) => ['--exclude', glob]),
  ];
  const manifest = await cli({ argv, cwd: process.cwd(), noWrite: true });
  await output.write('custom-elements.json', `${JSON.stringify(manifest, null, 1)}\n`);
}
