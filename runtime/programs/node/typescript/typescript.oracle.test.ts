/** Types are stripped as real Node strips them, with every column kept. */
import assert from 'node:assert/strict';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import { compareCases, type Case } from '../modules/compare.node.ts';
import { type StripError, transformSync } from './strip.ts';

const erasable = [
  `let x: number = 1 as any; const y = <T,>(a: T): T => a; function f<T extends object = {}>(this: Window, a?: string, ...r: number[]): asserts a is string { return a! }`,
  `import type { A } from './a'; import { type B, c } from './b'; import D, { type E } from './d'`,
  `interface X<T> extends Y { a: string; b(): void }\ntype Z = { [K in keyof X]: X[K] } | 'q'`,
  `class K<T> extends L<T> implements M, N { private readonly a: number = 1; static #p?: string; declare d: string; constructor(a: any) { super(a) } get v(): number { return this.a } [k: string]: any; y!: number; override o(): void {} }`,
  `declare global { var a: number }\ndeclare const b: 1; declare function q(): void; declare class W {}\nlet v = a satisfies B; let w = (x as unknown as Y<Z>).foo!.bar!();`,
  `namespace N { export type T = 1; interface Q {} }\nfunction over(a: string): void;\nfunction over(a: number): void;\nfunction over(a: any) {}`,
  `let o = { m<T>(a: T): T { return a }, async *g<T>() {} }; new Map<string, number>(); f<T>(1); a < b; const t = a?.b!; let u: typeof import('x'); let fn = async <T>(x: T) => x;`,
  `try {} catch (e: unknown) {} let { a, b }: { a: string, b?: number } = x; let g = function* <T>(): Generator<T> {}; label: for (let i: number = 0; ;) break label;`,
];
for (const source of erasable) {
  test(`strip: ${source.slice(0, 50)}`, () => {
    // An empty statement more is none.
    const plain = (code: string) => code.replace(/(?<=;\s*);|;(?=\s*$)/g, ' ');
    assert.equal(plain(transformSync(source).code), plain(stripTypeScriptTypes(source)));
  });
}

const refused = [
  `enum A { x }`,
  `export const enum B { y }`,
  `class C { constructor(private x: number, y) {} }`,
  `namespace V { export const a = 1 }`,
  `import a = require('x')`,
  `export = 1`,
  `let q = <string>b`,
  `module M {}`,
  `class A { constructor(readonly x) {} }`,
];
for (const source of refused) {
  test(`refuse: ${source}`, () => {
    let real: Error | undefined;
    try {
      stripTypeScriptTypes(source, { sourceUrl: 'f.ts' });
    } catch (error) {
      real = error as Error;
    }
    assert.throws(
      () => transformSync(source, { filename: 'f.ts' }),
      (error: StripError) => {
        assert.equal(error.code, 'UnsupportedSyntax');
        assert.equal(error.message, real?.message);
        return true;
      },
    );
  });
}

const cases = {
  'a module': {
    files: {
      'main.mts': `import { type T, a } from './a.ts';\nconst t: T = a;\nconsole.log(t, new Error('x').stack!.split('\\n')[1]!.replace(/\\/.*\\//, ''));`,
      'a.ts': `export type T = number; export const a: T = 5;`,
    },
    args: ['main.mts'],
  },
  commonjs: {
    files: {
      'main.cts': `const fs: typeof import('fs') = require('fs'); interface A { x: 1 }\nconsole.log(typeof fs.readFileSync as string);`,
    },
    args: ['main.cts'],
  },
  'by detection': { files: { 'main.ts': `import os from 'os'; let a: number = 1; console.log(a, typeof os.EOL);` }, args: ['main.ts'] },
  enum: { files: { 'main.ts': `enum A { x }\nconsole.log(A.x);` }, args: ['main.ts'] },
  eval: { files: {}, args: ['-e', `const a: number = 3; console.log(a)`] },
  'eval as a module': {
    files: {},
    args: ['--input-type=module-typescript', '-e', `import os from 'os'; const a: string = typeof os.EOL; console.log(a)`],
  },
  required: { files: { 'main.cjs': `console.log(require('./a.ts'))`, 'a.ts': `exports.a = 1 as number` }, args: ['main.cjs'] },
  'in node_modules': {
    files: { 'main.mjs': `import 'p/a.ts'`, 'node_modules/p/a.ts': `let a: 1`, 'node_modules/p/package.json': '{}' },
    args: ['main.mjs'],
  },
} satisfies Record<string, Case>;
for (const [title, { real, ours }] of await compareCases<string>(cases)) test(`TypeScript: ${title}`, () => assert.deepEqual(ours, real));
test('end', () => void setTimeout(() => process.exit(), 100).unref());
