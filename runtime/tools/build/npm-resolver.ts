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

/** Bundles a module as the build would. The file is in `.cache` and is removed when the process ends. */
export async function bundleFile(name: string, input: string): Promise<string> {
  const bundle = await rollup({
    input: join(root, input),
    plugins: [
      npmModules(),
      nodeImports(),
      resolve({ browser: true, extensions: ['.mjs', '.js', '.ts', '.json'] }),
      esbuild({ target: 'es2022', tsconfig: false, define: { __DEFAULT_REGISTRY__: '"http://packages.test/"' } }),
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
  return file;
}

export async function buildResolver(): Promise<Resolver> {
  return (await import(pathToFileURL(await bundleFile('npm-resolver', 'runtime/programs/npm/resolve/resolve.ts')).href)) as Resolver;
}
