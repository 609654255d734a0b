import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import ts from 'typescript';

interface Framework {
  readonly options: ts.CompilerOptions;
  readonly start: string;
  /** Each is compiled. */
  readonly right: readonly string[];
  /** Each is refused. */
  readonly wrong: readonly string[];
}

const jsx = (source: string, types: string): Pick<Framework, 'options' | 'start'> => ({
  options: { jsx: ts.JsxEmit.ReactJSX, jsxImportSource: source },
  start: `import type {} from 'bavini/${types}';\nimport type { BvRunEvent } from 'bavini/elements';\n`,
});

const frameworks: Readonly<Record<string, Framework>> = {
  'React 19': {
    ...jsx('react', 'react-jsx'),
    right: [
      '<bv-container engine="quickjs" autorun message-origins="https://a.example" id="a" className="b"><p slot="toolbar" /></bv-container>;',
      '<bv-container env={{ NODE_ENV: "test" }} onbv-run={(event: BvRunEvent) => event.preventDefault()} />;',
      '<bv-editor file="main.js" readonly /> ;',
      '<bv-check type="request" status={404} click="button" contains="a" matches="b" absent />;',
      '<bv-step name="one" label="One" focus="main.js" from="start" />;',
      '<bv-layout column onClick={() => {}} />;',
      '<bv-lesson order="free" onbv-done={({ lesson }) => lesson === true} key="a" />;',
      '<bv-container><pre path="main.js">text</pre></bv-container>;',
    ],
    wrong: [
      '<bv-container engine="fast" />;',
      '<bv-container autorun="yes" />;',
      '<bv-container env="NODE_ENV" />;',
      '<bv-container onbv-run={(event: string) => event} />;',
      '<bv-container colour="red" />;',
      '<bv-preview port="3000" />;',
      '<bv-lesson onbv-done={({ lessons }) => lessons} />;',
      '<pre path={3}>text</pre>;',
    ],
  },
  Preact: {
    ...jsx('preact', 'preact-jsx'),
    right: [
      '<bv-container engine="quickjs" autorun class="b" onbv-run={(event: BvRunEvent) => event.preventDefault()} />;',
      '<bv-preview port={3000} no-bar />;',
      '<pre path="main.js">text</pre>;',
    ],
    wrong: [
      '<bv-container engine="fast" />;',
      '<bv-preview port="3000" />;',
      '<bv-container onbv-run={(event: string) => event} />;',
      '<pre path={3}>text</pre>;',
    ],
  },
  Solid: {
    ...jsx('solid-js', 'solid-jsx'),
    options: { jsx: ts.JsxEmit.Preserve, jsxImportSource: 'solid-js' },
    right: [
      '<bv-container engine="quickjs" autorun class="b" on:bv-run={(event: BvRunEvent) => event.preventDefault()} />;',
      '<bv-container prop:env={{ A: "b" }} />;',
      '<pre path="main.js">text</pre>;',
    ],
    wrong: [
      '<bv-container engine="fast" />;',
      '<bv-preview port="3000" />;',
      '<bv-container prop:env="A" />;',
      '<pre path={3}>text</pre>;',
    ],
  },
  Vue: {
    options: {},
    start: `import type {} from 'bavini/vue';\nimport { type GlobalComponents, h, type IntrinsicElementAttributes } from 'vue';\nimport type { BvRunEvent } from 'bavini/elements';
type Props<Tag extends keyof GlobalComponents> = InstanceType<GlobalComponents[Tag]>['$props'];\n`,
    right: [
      "({ engine: 'quickjs', autorun: true, 'message-origins': '*', class: 'a' }) satisfies Props<'bv-container'>;",
      "({ 'onBv-run': (event: BvRunEvent) => event.preventDefault() }) satisfies Props<'bv-container'>;",
      "({ onBvRun: (event: BvRunEvent) => event.preventDefault() }) satisfies Props<'bv-container'>;",
      "({ path: 'main.js' }) satisfies IntrinsicElementAttributes['pre'];",
    ],
    wrong: [
      "({ engine: 'fast' }) satisfies Props<'bv-container'>;",
      "({ port: '3000' }) satisfies Props<'bv-preview'>;",
      "({ onBvRun: (event: string) => event }) satisfies Props<'bv-container'>;",
      "({ path: 3 }) satisfies IntrinsicElementAttributes['pre'];",
    ],
  },
  Svelte: {
    options: {},
    start: `import type {} from 'bavini/svelte';\nimport type { SvelteHTMLElements } from 'svelte/elements';\nimport type { BvRunEvent } from 'bavini/elements';\n`,
    right: [
      "({ engine: 'quickjs', autorun: true, 'message-origins': '*', class: 'a' }) satisfies SvelteHTMLElements['bv-container'];",
      "({ 'onbv-run': (event: BvRunEvent) => event.preventDefault() }) satisfies SvelteHTMLElements['bv-container'];",
      "({ 'on:bv-run': (event: BvRunEvent) => event.preventDefault() }) satisfies SvelteHTMLElements['bv-container'];",
      "({ path: 'main.js' }) satisfies SvelteHTMLElements['pre'];",
    ],
    wrong: [
      "({ engine: 'fast' }) satisfies SvelteHTMLElements['bv-container'];",
      "({ port: '3000' }) satisfies SvelteHTMLElements['bv-preview'];",
      "({ 'onbv-run': (event: string) => event }) satisfies SvelteHTMLElements['bv-container'];",
      "({ path: 3 }) satisfies SvelteHTMLElements['pre'];",
    ],
  },
  'bavini/react': {
    options: { jsx: ts.JsxEmit.ReactJSX },
    start: `import { BvContainer, BvEditor, BvPreview, BvStatus } from 'bavini/react';\nimport { useRef } from 'react';
import type { BvContainer as Container } from 'bavini/elements';\n`,
    right: [
      '<BvContainer autorun env={{ A: "b" }} onBvReady={({ container }) => container.teardown()}><BvEditor file="a.js" /></BvContainer>;',
      'const Page = () => <BvContainer ref={useRef<Container>(null)} className="a" style={{ height: 9 }} />; Page;',
      '<BvPreview port={3000} noBar onBvLoad={({ url }) => url.length} />;',
      '<BvContainer><pre path="main.js">text</pre></BvContainer>;',
    ],
    wrong: [
      '<BvContainer engine="fast" />;',
      '<BvContainer onBvReady={({ kernel }) => kernel} />;',
      '<BvPreview port="3000" />;',
      '<BvStatus loud />;',
    ],
  },
};

/** The lines of `source` with errors, which begin with 0. */
function refusedLines(name: string, source: string, options: ts.CompilerOptions): ReadonlyMap<number, string> {
  const file = resolve(import.meta.dirname, name);
  const all: ts.CompilerOptions = {
    ...options,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(all);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, ...others) =>
    path === file ? ts.createSourceFile(path, source, ts.ScriptTarget.ES2023, true) : getSourceFile(path, ...others);
  const program = ts.createProgram([file], all, host);
  return new Map(
    ts.getPreEmitDiagnostics(program).map((problem) => {
      const text = ts.flattenDiagnosticMessageText(problem.messageText, '\n');
      assert.ok(problem.file?.fileName === file, text);
      return [ts.getLineAndCharacterOfPosition(problem.file, problem.start ?? 0).line, text];
    }),
  );
}

for (const [name, { options, start, right, wrong }] of Object.entries(frameworks)) {
  describe(`The types for ${name}`, () => {
    let refused: ReadonlyMap<number, string>;
    const lineOf = (index: number) => start.split('\n').length - 1 + index;
    before(() => {
      const file = `${name.toLowerCase().replace(/\W/g, '-')}.tsx`;
      refused = refusedLines(file, start + [...right, ...wrong].join('\n'), options);
    });

    it('resolve', () =>
      assert.deepEqual(
        [...refused].filter(([line]) => line < lineOf(0)),
        [],
      ));
    right.forEach((line, index) => it(`allow ${line}`, () => assert.equal(refused.get(lineOf(index)), undefined)));
    wrong.forEach((line, index) => it(`refuse ${line}`, () => assert.ok(refused.has(lineOf(right.length + index)))));
  });
}
