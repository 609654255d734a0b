/** Bundles the peers once, as their users would, into `.cache/peers/`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const here = import.meta.dirname;

/** Node's own modules, which one peer imports even in its browser build, become empty ones. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup({ onResolve, onLoad }) {
    onResolve(
      {
        filter:
          /^node:|^(?:fs|path|zlib|crypto|os|worker_threads|child_process|url|util|stream|module|http|https|net|tls|assert|events|buffer)$/,
      },
      ({ path, importer }) =>
        path.startsWith('node:') || !importer.includes('almostnode/dist') ? { path, namespace: 'empty' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({
      contents: 'module.exports = new Proxy({}, { get: () => () => undefined });',
      loader: 'js',
    }));
  },
};

export async function bundlePeers(): Promise<void> {
  if (!existsSync(join(here, 'node_modules'))) execFileSync('npm', ['ci'], { cwd: here, stdio: 'inherit' });
  const out = join(here, '.cache/peers');
  if (existsSync(join(out, 'almostnode.js')) && existsSync(join(out, 'lifo.js'))) return;
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'almostnode.in.js'), `export { createContainer } from 'almostnode';\n`);
  writeFileSync(join(out, 'lifo.in.js'), `export { Sandbox } from '@lifo-sh/core';\n`);
  for (const name of ['almostnode', 'lifo']) {
    await build({
      entryPoints: [join(out, `${name}.in.js`)],
      outfile: join(out, `${name}.js`),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      minify: true,
      nodePaths: [join(here, 'node_modules')],
      external: ['@lifo-sh/ui'],
      define: { 'process.env.NODE_ENV': '"production"' },
      plugins: [withoutNode],
      logLevel: 'error',
    });
  }
}
