/**
 * Makes npm's own packages fit into a page: what they import of Node, and what of npm a page cannot use (sigstore, git, node-gyp,
 * caches, streams, audits), is replaced by modules of `programs/npm/resolve/modules`, by name. Nothing of npm is copied or edited.
 */
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rollup';

const modules = fileURLToPath(new URL('../../programs/npm/resolve/modules/', import.meta.url));

const arborist = fileURLToPath(import.meta.resolve('@npmcli/arborist'));

/** Module as it is named by who imports it, without `node:`, and the file that stands for it. */
const replaced: Readonly<Record<string, string>> = {
  fs: 'fs.ts',
  'fs/promises': 'fs.ts',
  os: 'os.ts',
  url: 'url.ts',
  util: 'util.ts',
  events: 'events.ts',
  crypto: 'crypto.ts',
  process: 'process.ts',
  module: 'node-module.ts',
  pacote: 'pacote.ts',
  cacache: 'cacache.ts',
  'proc-log': 'proc-log.ts',
  'npm-registry-fetch': 'npm-registry-fetch.ts',
  minipass: 'minipass.ts',
  glob: 'glob.ts',
  '@isaacs/string-locale-compare': 'string-locale-compare.ts',
  '@npmcli/run-script': 'absent.ts',
  '@npmcli/node-gyp': 'absent.ts',
  '@npmcli/git': 'absent.ts',
  '@npmcli/query': 'absent.ts',
  '@npmcli/metavuln-calculator': 'absent.ts',
  '@npmcli/installed-package-contents': 'absent.ts',
  'bin-links': 'absent.ts',
  proggy: 'absent.ts',
};

/** Files of npm's packages, without which the rest works. */
const replacedFiles: Readonly<Record<string, string>> = {
  '@npmcli/arborist/lib/tracker.js': 'tracker.ts',
  '@npmcli/arborist/lib/packument-cache.js': 'packument-cache.ts',
  '@npmcli/arborist/lib/arborist/rebuild.js': 'mixin.ts',
  '@npmcli/arborist/lib/arborist/isolated-reifier.js': 'mixin.ts',
  '@npmcli/arborist/lib/isolated-classes.js': 'absent.ts',
  '@npmcli/arborist/lib/audit-report.js': 'absent.ts',
  '@npmcli/arborist/lib/query-selector-all.js': 'absent.ts',
  '@npmcli/arborist/lib/signal-handling.js': 'absent.ts',
  '@npmcli/arborist/lib/debug.js': 'debug.ts',
  '@npmcli/arborist/lib/tree-check.js': 'tree-check.ts',
  '@npmcli/arborist/lib/diff.js': 'absent.ts',
  '@npmcli/arborist/lib/printable.js': 'absent.ts',
  '@npmcli/arborist/lib/retire-path.js': 'absent.ts',
  '@npmcli/package-json/lib/normalize-data.js': 'absent.ts',
  'hosted-git-info/lib/from-url.js': 'from-url.ts',
  'js-yaml/lib/schema/default.js': 'yaml-schema.ts',
  '@npmcli/fs/lib/cp/index.js': 'absent.ts',
  '@npmcli/fs/lib/move-file.js': 'absent.ts',
  '@npmcli/fs/lib/with-temp-dir.js': 'absent.ts',
};

/** The file of a module within the package it is in, on every system: `@scope/name/lib/a.js`. Empty for our own. */
function inPackage(id: string): string {
  const file = id.replaceAll('\\', '/');
  const at = file.lastIndexOf('/node_modules/');
  return at < 0 ? '' : file.slice(at + '/node_modules/'.length);
}

/** Modules whose single export is what `require` gives. */
export function requireReturnsDefault(id: string): 'auto' | false {
  return id.startsWith(modules) || id.endsWith('.json') ? 'auto' : false;
}

export function npmModules(): Plugin {
  return {
    name: 'npm-modules',
    async resolveId(source, importer) {
      // One copy for all: what differs between its versions is not used here.
      if (source === 'minimatch' && importer !== arborist) return this.resolve(source, arborist, { skipSelf: true });
      if (source === 'js-yaml') return `${modules}js-yaml.ts`;
      // Its `exports` do not name what it is made of.
      if (source.startsWith('js-yaml/lib/'))
        return join(dirname(fileURLToPath(import.meta.resolve('js-yaml/package.json'))), source.slice('js-yaml/'.length));
      if (importer === undefined || inPackage(importer) === '') return null;
      const name = source.replace(/^node:/, '');
      if (name === 'path' || name === 'path/win32') return this.resolve('path-browserify', import.meta.filename, { skipSelf: true });
      const own = replaced[name] ?? replacedFiles[fileOf(source, importer)];
      return own === undefined ? null : modules + own;
    },
    /** Data that npm's files require; `process`, which most of them use without an import; and what only V8 has. */
    transform(code, id) {
      const file = inPackage(id);
      if (file.endsWith('.json')) return { code: `export default ${code}`, map: null };
      if (!/\.c?js$/.test(file)) return null;
      // It asks whether there is a `process` before it uses it.
      if (file.startsWith('semver/')) return null;
      const guarded = code
        .replaceAll('Error.captureStackTrace(', 'Error.captureStackTrace?.(')
        // The same order, without a collator: `compare-names.ts`.
        .replaceAll(/(?<![\w$.\])?])(\w+)\.localeCompare\((\w+), 'en'\)/g, "require('@isaacs/string-locale-compare')('en')($1, $2)");
      if (!/\bprocess\./.test(code) || /(?:const|var|let) process\b|require\(.node:process.\)/.test(code))
        return guarded === code ? null : { code: guarded, map: null };
      const isModule = /^\s*(?:import|export)\s/m.test(code);
      return { code: (isModule ? "import process from 'node:process';" : "var process = require('node:process');") + guarded, map: null };
    },
  };
}

/** Node's modules stay imports of our own code that runs in Node; npm's are replaced there too. */
export function nodeImports(): Plugin {
  return {
    name: 'node-imports',
    resolveId: (source, importer) =>
      source.startsWith('node:') && inPackage(importer ?? '') === '' ? { id: source, external: true } : null,
  };
}

/** `@scope/name/path` of a relative import within a package; empty for others. */
function fileOf(source: string, importer: string): string {
  if (!source.startsWith('.')) return '';
  const file = posix.join(posix.dirname(importer.replaceAll('\\', '/').replace(/^\0|\?.*$/g, '')), source);
  const within = inPackage(file);
  return within.endsWith('.js') ? within : `${within}.js`;
}
