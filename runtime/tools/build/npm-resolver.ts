/** The resolver as one module for Node, with the same modules of npm that a page gets: for tests. */
import { rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import type { resolveTree } from '../../programs/npm/resolve/resolve.ts';
import type { ResolveError } from '../../programs/npm/resolve/request.ts';
import { nodeImports, npmModules, requireReturnsDefault } from './npm-modules.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Resolver {
  readonly resolveTree: typeof resolveTree;
  readonly ResolveError: typeof ResolveError;
}

/** Names of what a test imports, by the module that has it. */
type Exports = Readonly<Record<string, readonly string[]>>;

/**
 * Bundles modules as the build would and loads them. `exports` names files from the project's root.
 *
 * @param name Of the file below `.cache`, which is removed when the process ends.
 */
export async function bundleForNode(name: string, exports: Exports): Promise<unknown> {
  const entry = join(root, `${name}-entry.ts`);
  const source = Object.entries(exports).map(([path, names]) => `export { ${names.join(', ')} } from './${path}';\n`);
  const bundle = await rollup({
    input: entry,
    plugins: [
      { name: 'entry', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? source.join('') : null) },
      npmModules(),
      nodeImports(),
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
  const file = join(root, `.cache/${name}-${process.pid}.mjs`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, output[0].code);
  process.once('exit', () => rmSync(file, { force: true }));
  return import(pathToFileURL(file).href);
}

export async function buildResolver(): Promise<Resolver> {
  const folder = 'runtime/programs/npm/resolve';
  return (await bundleForNode('npm-resolver', {
    [`${folder}/resolve.ts`]: ['resolveTree'],
    [`${folder}/request.ts`]: ['ResolveError'],
  })) as Resolver;
}
