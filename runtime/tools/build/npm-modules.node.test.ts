import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plugin } from 'rollup';
import { nodeImports, npmModules } from './npm-modules.ts';

type Resolve = (this: object, source: string, importer: string) => unknown;
type Transform = (code: string, id: string) => { readonly code: string } | null;

/** Nothing is asked of Rollup in these tests. */
const resolveBy = async (plugin: Plugin, source: string, importer: string): Promise<string | undefined> => {
  const found = (await (plugin.resolveId as Resolve).call({}, source, importer)) as string | { readonly id: string } | null;
  return typeof found === 'object' ? found?.id : found.replaceAll('\\', '/').split('/').at(-1);
};

for (const [system, folder] of [
  ['POSIX', '/home/me/project/'],
  ['Windows', 'C:\\project\\'],
] as const) {
  const path = (file: string) => folder + (system === 'Windows' ? file.replaceAll('/', '\\') : file);

  test(`npmModules() replaces what npm’s packages import, and nothing of our own, with paths of ${system}`, async () => {
    const arborist = path('node_modules/@npmcli/arborist/lib/arborist/index.js');
    assert.equal(await resolveBy(npmModules(), 'node:fs', arborist), 'fs.ts');
    assert.equal(await resolveBy(npmModules(), './rebuild.js', arborist), 'mixin.ts');
    assert.equal(await resolveBy(npmModules(), '../debug', arborist), 'debug.ts');
    assert.equal(await resolveBy(npmModules(), 'node:fs', path('runtime/host/container.ts')), undefined);
    const transform = npmModules().transform as Transform;
    assert.equal(transform('{}', path('node_modules/a/data.json'))?.code, 'export default {}');
    assert.equal(transform('process.cwd()', path('node_modules/a/index.js'))?.code, "var process = require('node:process');process.cwd()");
    assert.equal(transform('process.cwd()', path('node_modules/semver/index.js')), null);
    assert.equal(transform('process.cwd()', path('runtime/a.js')), null);
  });

  test(`npmModules() has npm’s packages compare names without a collator, with paths of ${system}`, async () => {
    const arborist = path('node_modules/@npmcli/arborist/lib/place-dep.js');
    assert.equal(await resolveBy(npmModules(), '@isaacs/string-locale-compare', arborist), 'string-locale-compare.ts');
    const transform = npmModules().transform as Transform;
    const file = path('node_modules/json-stringify-nice/index.js');
    const own = "require('@isaacs/string-locale-compare')('en')";
    assert.equal(transform(": ak.localeCompare(bk, 'en')", file)?.code, `: ${own}(ak, bk)`);
    assert.equal(transform(".sort((a, b) => a.localeCompare(b, 'en'))", file)?.code, `.sort((a, b) => ${own}(a, b))`);
    for (const other of [
      "a.localeCompare(b, 'de')",
      'a.localeCompare(b)',
      "x.a.localeCompare(b, 'en')",
      "f(x).localeCompare(b, 'en')",
      "a.localeCompare(b, 'en', o)",
    ])
      assert.equal(transform(other, file), null, other);
  });

  test(`nodeImports() leaves Node’s modules to our own code, with paths of ${system}`, async () => {
    assert.equal(await resolveBy(nodeImports(), 'node:fs', path('cli/main.ts')), 'node:fs');
    assert.equal(await resolveBy(nodeImports(), 'node:fs', path('node_modules/pacote/lib/index.js')), undefined);
  });
}
