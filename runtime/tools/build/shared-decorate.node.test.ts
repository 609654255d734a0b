import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollup } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import { sharedDecorate } from './shared-decorate.ts';

const decorator = `
  (globalThis as any).named = (name: string) => (target: any, key: string, descriptor?: PropertyDescriptor) => {
    target.log = [...(target.log ?? []), [name, key, typeof descriptor?.get]];
    return descriptor && { ...descriptor, get: () => 'decorated' };
  };
  declare const named: any;`;

const files: Readonly<Record<string, string>> = {
  'in.ts': `export { Field } from './field.ts'; export { Accessor } from './accessor.ts';`,
  './field.ts': `${decorator} export class Field { @named('a') @named('b') text = ''; }`,
  './accessor.ts': `${decorator} export class Accessor { @named('a') get port() { return 3000; } set port(value) {} }`,
};

test('shared-decorate has one copy of what applies decorators, which does as esbuild’s does', async () => {
  const bundle = await rollup({
    input: 'in.ts',
    plugins: [
      { name: 'files', resolveId: (id) => (id in files ? id : null), load: (id) => files[id] ?? null },
      esbuild({
        include: /\.ts$/,
        tsconfig: false,
        tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
      }),
      sharedDecorate(),
    ],
  });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  assert.equal(output[0].code.match(/for \(/g)?.length, 1);
  const { Field, Accessor } = (await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)) as {
    Field: { prototype: { log: unknown } };
    Accessor: { new (): { port: unknown }; prototype: { log: unknown } };
  };
  assert.deepEqual(Field.prototype.log, [
    ['b', 'text', 'undefined'],
    ['a', 'text', 'undefined'],
  ]);
  assert.deepEqual(Accessor.prototype.log, [['a', 'port', 'function']]);
  assert.equal(new Accessor().port, 'decorated');
});
