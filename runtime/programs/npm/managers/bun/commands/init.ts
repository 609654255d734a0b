/** `bun init`. */
import { resolvePath } from '../../../paths.ts';
import type { BunProject } from '../bun-project.ts';

export async function init(bun: BunProject): Promise<number> {
  const { cwd } = bun.run;
  const name = cwd.slice(cwd.lastIndexOf('/') + 1);
  const before = bun.run.session.disk.readText(resolvePath(cwd, 'package.json'));
  const manifest = {
    name,
    module: 'index.ts',
    type: 'module',
    private: true,
    ...(before === undefined ? {} : (JSON.parse(before) as object)),
  };
  bun.run.write(cwd, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  if (!bun.run.has(cwd, 'index.ts')) bun.run.write(cwd, 'index.ts', 'console.log("Hello via Bun!");');
  await bun.run.out(' + index.ts\n + package.json');
  return 0;
}
