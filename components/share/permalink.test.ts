import { assert } from 'chai';
import { fragmentOf, maxLinkLength, readFragment } from './permalink.ts';

async function fragmentWith(value: unknown, version = '1'): Promise<string> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `#bv=${version}.${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

async function refused(hash: string | Promise<string>): Promise<{ code: string; message: string }> {
  try {
    await readFragment(await hash);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('It was read');
}

describe('permalinks', () => {
  it('hold texts of any language, paths with blanks, and deletions', async () => {
    const files = new Map<string, string | null>([
      ['index.js', 'console.log("héllo – 日本語 🎈");\r\n'],
      ['a folder/ü.txt', ''],
      ['gone.txt', null],
      ['__proto__', 'a name as any other'],
    ]);
    const fragment = await fragmentOf({ container: 'demo', files });
    assert.match(fragment, /^#bv=1\.[\w-]+$/);
    const read = await readFragment(fragment);
    assert.equal(read.container, 'demo');
    assert.deepEqual(
      [...read.files].filter(([path]) => path !== '__proto__'),
      [...files].filter(([path]) => path !== '__proto__'),
    );
  });

  it('are refused where they are too long, before anything is read', async () => {
    const { code, message } = await refused(`#bv=1.${'A'.repeat(5_000_000)}`);
    assert.equal(code, 'ERR_BV_LIMIT');
    assert.equal(message, `Cannot open the link: it has 5000006 characters, of at most ${maxLinkLength}`);
  });

  it('are refused while they are inflated, where that has no end', async () => {
    const bomb = await fragmentWith({ in: '', files: { 'a.txt': 'x'.repeat(50_000_000) } });
    assert.isBelow(bomb.length, maxLinkLength);
    const { code, message } = await refused(bomb);
    assert.deepEqual([code, message], ['ERR_BV_LIMIT', 'Cannot open the link: its files have more than 5 MB']);
  });

  it('are refused with too many files', async () => {
    const files = Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`${at}.txt`, '']));
    assert.equal((await refused(fragmentWith({ in: '', files }))).code, 'ERR_BV_LIMIT');
  });

  for (const path of ['../outside.txt', 'a/../../b', '/etc/passwd', 'nul\0.txt', '.', '', 'x'.repeat(1001)])
    it(`are refused with the path ${JSON.stringify(path.slice(0, 30))}`, async () => {
      assert.include(['ERR_BV_PATH_ESCAPE', 'ERR_BV_BAD_TREE'], (await refused(fragmentWith({ in: '', files: { [path]: '' } }))).code);
    });

  it('are refused in another version', async () => {
    const { code, message } = await refused(fragmentWith({ in: '', files: {} }, '2'));
    assert.deepEqual(
      [code, message],
      ['ERR_BV_WIRE_VERSION', 'Cannot open the link: it was made by version 2 of the share button, this page has 1'],
    );
  });

  it('are refused where they are damaged', async () => {
    const whole = await fragmentOf({ container: '', files: new Map([['a.txt', 'text '.repeat(100)]]) });
    for (const hash of [
      '#bv=',
      '#bv=1',
      '#bv=1.',
      '#bv=1.***',
      '#bv=1.AAAA',
      whole.slice(0, -8),
      fragmentWith('not JSON'),
      fragmentWith('null'),
      fragmentWith([]),
      fragmentWith({ in: '', files: [] }),
      fragmentWith({ in: 1, files: {} }),
      fragmentWith({ in: '', files: { 'a.txt': 1 } }),
      fragmentWith({ in: '', files: { 'a.txt': { nested: '' } } }),
    ]) {
      const { code, message } = await refused(hash);
      assert.equal(code, 'ERR_BV_BAD_ARCHIVE', String(await hash).slice(0, 60));
      assert.match(message, /^Cannot open the link: /);
    }
  });
});
