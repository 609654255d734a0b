/** `pnpm init`. */
import { resolvePath } from '../../../paths.ts';
import { PnpmError } from '../errors.ts';
import { pnpmVersion } from '../layout.ts';
import type { PnpmProject } from '../pnpm-project.ts';

export async function init(pnpm: PnpmProject): Promise<number> {
  const { cwd } = pnpm.run;
  if (pnpm.run.has(cwd, 'package.json')) throw new PnpmError('PACKAGE_JSON_EXISTS', 'package.json already exists');
  const manifest = {
    name: cwd.slice(cwd.lastIndexOf('/') + 1),
    version: '1.0.0',
    description: '',
    main: 'index.js',
    scripts: { test: 'echo "Error: no test specified" && exit 1' },
    keywords: [],
    author: '',
    license: 'ISC',
    packageManager: `pnpm@${pnpmVersion}`,
  };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  pnpm.run.write(cwd, 'package.json', text);
  await pnpm.run.out(`Wrote to ${resolvePath(cwd, 'package.json')}\n\n${text.trimEnd()}`);
  return 0;
}
