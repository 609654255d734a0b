/** The resolver as one module for Node, with the same modules of npm that a page gets: for tests. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import type { resolveTree } from '../../programs/npm/resolve/resolve.ts';
import type { ResolveError } from '../../programs/npm/resolve/request.ts';
import { npmModules, requireReturnsDefault } from './npm-modules.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Resolver {
  readonly resolveTree: typeof resolveTree;
  readonly ResolveError: typeof ResolveError;
}

/** Bundles it to `file` and loads it. A file that is newer than none of its sources is not looked at: it is made again each time. */
export async function buildResolver(file = join(root, `.cache/npm-resolver-${process.pid}.mjs`)): Promise<Resolver> {
  const folder = join(root, 'runtime/programs/npm/resolve');
  const bundle = await rollup({
    input: 'resolver',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'resolver' ? `${folder}/resolver.ts` : null),
        load: (id) =>
          id === `${folder}/resolver.ts`
            ? "export { resolveTree } from './resolve.ts';\nexport { ResolveError } from './request.ts';\n"
            : null,
      },
      npmModules(),
      resolve({ browser: true, extensions: ['.mjs', '.js', '.ts', '.json'] }),
      esbuild({ target: 'es2022', tsconfig: false }),
      commonjs({ requireReturnsDefault }),
    ],
    onLog(level, log, handle) {
      if (log.code !== 'CIRCULAR_DEPENDENCY' && log.code !== 'THIS_IS_UNDEFINED') handle(level, log);
    },
  });
  const { output } = await bundle.generate({ format: 'es', generatedCode: 'es2015', inlineDynamicImports: true });
  await bundle.close();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, output[0].code);
  return (await import(pathToFileURL(file).href)) as Resolver;
}
