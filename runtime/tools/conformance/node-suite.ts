/** Files of Node's own test suite: which of them measure us, and what each says of itself. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface SuiteCase {
  /** `test-path-join.js`, or with its folder where that is not `test/parallel`: `es-module/test-esm-assert.mjs` */
  readonly name: string;
  /** From the suite's root: `test/parallel/test-path-join.js` */
  readonly path: string;
  readonly module: string;
  readonly flags: readonly string[];
  /**
   * `pure` needs nothing but the runtime; the others files of `test/fixtures` or a temporary folder, a listening socket,
   * harmless flags, or `node` programs of their own.
   */
  readonly kind: 'pure' | 'files' | 'server' | 'flags' | 'spawns';
}

/** Modules and the file names that belong to them, first match wins. */
const modules: readonly (readonly [string, RegExp])[] = [
  ['child_process', /^test-child-process/],
  ['worker_threads', /^test-(worker|broadcast-channel|message-(port|channel))/],
  ['crypto', /^test-(crypto|webcrypto)/],
  ['assert', /^test-assert/],
  ['buffer', /^test-(buffer|blob|file\.)/],
  ['console', /^test-console/],
  ['dns', /^test-dns/],
  ['events', /^test-(event|eventtarget)/],
  ['fs', /^test-fs/],
  ['http', /^test-http-/],
  ['net', /^test-net-/],
  ['os', /^test-os/],
  ['path', /^test-path/],
  ['process', /^test-process/],
  ['querystring', /^test-querystring/],
  ['readline', /^test-readline/],
  ['stream', /^test-(stream|whatwg-.*stream)/],
  ['string_decoder', /^test-string-decoder/],
  ['timers', /^test-(timers|next-tick|nexttick|microtask|promise)/],
  ['tty', /^test-tty/],
  ['url', /^test-(url|whatwg-url)/],
  ['util', /^test-(util|whatwg-encoding|mime)/],
  ['vm', /^test-vm/],
  ['zlib', /^test-zlib/],
  ['module', /^test-(module|require|cjs|esm|compile-cache)/],
  ['permission', /^test-permission/],
];

const commonFiles = new Set([
  '',
  '/index',
  '/index.js',
  '/index.mjs',
  '/fixtures',
  '/fixtures.js',
  '/fixtures.mjs',
  '/tmpdir',
  '/tmpdir.js',
  '/countdown',
  '/arraystream',
  '/report',
]);
const harmlessFlag = /^--(no-warnings|experimental-[\w-]+|pending-deprecation|no-deprecation|permission|allow-.+)$/;

/** Undefined for a file that needs what lies outside of the public runtime (internals, garbage collection, inspector …). */
export function classify(folder: string, name: string, text: string): SuiteCase | undefined {
  const module = folder === 'es-module' ? 'module' : modules.find(([, pattern]) => pattern.test(name))?.[0];
  if (module === undefined) return undefined;
  const flags = [...text.matchAll(/^\/\/ Flags:(.*)$/gm)].flatMap(([, list]) => list!.trim().split(/\s+/)).filter((flag) => flag !== '');
  if (!flags.every((flag) => harmlessFlag.test(flag))) return undefined;
  if (
    /internal\/|internalBinding|expose[-_]internals|require\(['"](node:)?(cluster|inspector)['"]\)|from ['"](node:)?(cluster|inspector)['"]/.test(
      text,
    )
  )
    return undefined;
  for (const [, path] of text.matchAll(/(?:require\(|from |import\()\s*['"](\.[^'"]*)['"]/g)) {
    const common = /^\.\.\/common(.*)$/.exec(path!);
    if (common === null || !commonFiles.has(common[1]!)) return undefined;
  }
  const kind =
    module !== 'child_process' && /process\.execPath|\bfork\(|\bspawn\w*\(/.test(text)
      ? 'spawns'
      : flags.length > 0
        ? 'flags'
        : /common\/(fixtures|tmpdir)/.test(text)
          ? 'files'
          : /\blisten\(|createServer\(/.test(text)
            ? 'server'
            : 'pure';
  return { name: folder === 'parallel' ? name : `${folder}/${name}`, path: `test/${folder}/${name}`, module, flags, kind };
}

/**
 * @param root A checkout of the suite: the folder that holds `test/`.
 * @param folders Below `test/`.
 */
export function casesOf(root: string, folders: readonly string[]): readonly SuiteCase[] {
  const cases: SuiteCase[] = [];
  for (const folder of folders) {
    for (const name of readdirSync(join(root, 'test', folder)).sort()) {
      if (!/^test-.*\.m?js$/.test(name)) continue;
      const found = classify(folder, name, readFileSync(join(root, 'test', folder, name), 'utf8'));
      if (found !== undefined) cases.push(found);
    }
  }
  return cases;
}
