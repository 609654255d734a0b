/**
 * Builds the documentation site from `content/`, `examples/` and the built package.
 *
 *     node docs-site/build.ts                into .cache/docs-site
 *     node docs-site/build.ts --out DIR      elsewhere
 *     node docs-site/build.ts --serve        and serves it, following changes
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSite, serveSite } from './build/run.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: '.cache/docs-site' },
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '8088' },
  },
});
rmSync(options.out, { recursive: true, force: true });
if (options.serve) await serveSite(options.out, Number(options.port));
else {
  const start = performance.now();
  await buildSite(options.out);
  console.log(`The site is in ${options.out} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}
