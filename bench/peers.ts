/** Bundles the peers once, as their users would, into `.cache/peers/`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** What each is asked for. */
const entries = {
  almostnode: `export { createContainer, PackageManager } from 'almostnode';\n`,
  lifo: `export { Sandbox } from '@lifo-sh/core';\n`,
};

export async function bundlePeers(): Promise<void> {
  // Not `ci`: it fails where the lock lacks optional packages of other systems, which a registry may withhold.
  if (!existsSync(join(here, 'node_modules'))) execFileSync('npm', ['install', '--no-save'], { cwd: here, stdio: 'inherit' });
  const out = join(here, '.cache/peers');
  mkdirSync(out, { recursive: true });
  for (const [name, entry] of Object.entries(entries)) {
    const from = join(out, `${name}.in.js`);
    if (existsSync(join(out, `${name}.js`)) && existsSync(from) && readFileSync(from, 'utf8') === entry) continue;
    writeFileSync(from, entry);
    await build({
      entryPoints: [from],
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
