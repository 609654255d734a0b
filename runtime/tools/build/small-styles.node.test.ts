import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rollup } from 'rollup';
import { smallStyles } from './small-styles.ts';

async function built(source: string): Promise<string> {
  const bundle = await rollup({
    input: 'in.js',
    external: 'lit',
    plugins: [{ name: 'source', resolveId: (id) => (id === 'lit' ? null : id), load: () => source }, smallStyles()],
  });
  const { output } = await bundle.generate({ format: 'es', sourcemap: true });
  await bundle.close();
  return output[0].code;
}

test('small-styles minifies css templates and leaves all others as they are', async () => {
  const code = await built(`import { css, html } from 'lit';
export const template = html\`<p>
  a </p>\`;
export const styles = css\`
  /* Why. */
  p::before {
    content: '\\\\2715 \\\`';
  }
  @container (min-width: 48rem) {
    p {
      inset: 0;
    }
  }
\`;
`);
  assert.ok(code.includes('html`<p>\n  a </p>`'), code);
  assert.ok(code.includes('css`p:before{content:"\\\\2715\\`"}@container (min-width: 48rem){p{inset:0}}`'), code);
});

test('small-styles refuses what it cannot read whole, by name', async () => {
  await assert.rejects(
    built("import { css } from 'lit'; export default (a) => css`p { color: ${a} }`;"),
    /in\.js: the styles of a `css` template/,
  );
  await assert.rejects(built("import { css } from 'lit'; export default css`p { color: red } }`;"), /in\.js: Unexpected "}"/);
});
