import { assert } from 'chai';
import { unzipSync } from 'fflate';
import type { BvContainer } from '../container/container-element.ts';
import { assertAccessible } from '../shared/testing/axe.ts';
import { clear, inside, rendered, show, until } from '../shared/testing/page.ts';
import './bv-share.ts';
import { zipOf } from './zip-of.ts';
import { readLink } from './open-link.ts';
import { readFragment } from './permalink.ts';
import type { BvShare } from './share-element.ts';

const page = `<bv-container id="mine"><pre path="index.js">1</pre><pre path="a &lt;b&gt;.html">&lt;/script&gt;&lt;/pre&gt;</pre>
  <bv-editor file="index.js"></bv-editor></bv-container>`;

async function shareIn(markup: string): Promise<{ place: HTMLElement; host: BvContainer; share: BvShare }> {
  const place = await show(markup);
  return { place, host: place.querySelector('bv-container')!, share: place.querySelector('bv-share')! };
}

const linkIn = (share: BvShare) => inside<HTMLInputElement>(share, 'input').value;
/** `services=""` keeps lz-string away, which only a bundle can import. */
const button = '<bv-share for="mine" services="stackblitz"></bv-share>';

describe('<bv-share>', () => {
  afterEach(() => {
    clear();
    history.replaceState(null, '', location.pathname + location.search);
  });

  it('is accessible, closed and open, and gives the focus back', async () => {
    const { place, share } = await shareIn(page + button);
    await assertAccessible(place);
    share.focus();
    await share.open();
    await assertAccessible(place);
    assert.isTrue(inside<HTMLDialogElement>(share, 'dialog').open);
    assert.isNotNull(share.shadowRoot!.activeElement?.closest('dialog'), 'the focus is in the dialog');
    inside(share, '.close').click();
    assert.equal(share.shadowRoot!.activeElement, inside(share, '[part="button"]'));
  });

  it('makes a link of what was changed, which brings the changes back', async () => {
    const { host, share } = await shareIn(page + button);
    await share.open();
    assert.equal(linkIn(share), location.href.replace(/#.*/, ''));
    assert.include(inside(share, '.help').textContent, 'Nothing was changed');
    await host.files.write('index.js', '2');
    await host.files.write('new.txt', 'new');
    await host.files.remove('a <b>.html');
    inside(share, '.close').click();
    await share.open();
    const link = new URL(linkIn(share));
    assert.deepEqual([...(await readFragment(link.hash)).files].sort(), [
      ['a <b>.html', null],
      ['index.js', '2'],
      ['new.txt', 'new'],
    ]);

    await host.files.reset();
    history.replaceState(null, '', link.hash);
    await (
      await readLink()
    )();
    assert.deepEqual([host.files.read('index.js'), host.files.read('new.txt'), host.files.read('a <b>.html')], ['2', 'new', undefined]);
    await rendered(document.body);
    assert.include(inside(host, '.notices').textContent, '3 files come from the link you opened.');
    inside(host, '.undo').click();
    await until('the notice', () => inside(host, '.notices').textContent.includes('taken back'));
    assert.deepEqual([host.files.read('index.js'), host.files.read('new.txt')], ['1', undefined]);
    assert.equal(host.files.read('a <b>.html'), '</script></pre>');
  });

  it('shares a running container as it is, and gives it the files of a link', async () => {
    const { host, share } = await shareIn(page + button);
    await host.boot();
    await host.container!.exec('echo made > made.txt; echo 3 > index.js; mkdir -p node_modules/x; echo > node_modules/x/a.js');
    await share.open();
    const { hash } = new URL(linkIn(share));
    assert.deepEqual([...(await readFragment(hash)).files].sort(), [
      ['index.js', '3\n'],
      ['made.txt', 'made\n'],
    ]);
    assert.isNotNull(share.shadowRoot!.querySelector('.snapshot'));
    await host.container!.exec('rm made.txt');
    history.replaceState(null, '', hash);
    await (
      await readLink()
    )();
    assert.equal(await host.container!.fs.readFile('made.txt', 'utf8'), 'made\n');
  });

  it('offers a file where a link cannot be: too large, no text', async () => {
    const { host, share } = await shareIn(page + button);
    const noise = Array.from(crypto.getRandomValues(new Uint8Array(60_000)), (byte) => byte.toString(16)).join('');
    await host.files.write('noise.txt', noise + noise.split('').reverse().join(''));
    await share.open();
    assert.equal(linkIn(share), '');
    assert.match(inside(share, '.help').textContent, /too large for a link: it would have .* of at most 100,000/);
    assert.equal(inside(share, '.copy-link').getAttribute('aria-disabled'), 'true');
    await host.boot();
    await host.container!.fs.writeFile('a.bin', Uint8Array.of(255, 254));
    await host.container!.fs.rm('noise.txt');
    inside(share, '.close').click();
    await share.open();
    assert.include(inside(share, '.help').textContent, '"a.bin" is none');
  });

  it('says what is wrong with a link, and changes nothing', async () => {
    const { host } = await shareIn(page);
    history.replaceState(null, '', '#bv=7.AAAA');
    await (
      await readLink()
    )();
    await rendered(document.body);
    assert.include(inside(host, '.notices').textContent, 'it was made by version 7');
    assert.isFalse(host.files.edited);
    history.replaceState(null, '', '#bv-other');
    await (
      await readLink()
    )();
  });

  it('writes a container as an author would, whatever its files hold', async () => {
    const { host, share } = await shareIn(page.replace('id="mine"', 'id="mine" label="A &quot;b&quot;" autorun persist="k"') + button);
    await share.open();
    const { embedCode } = await import('./embed-code.ts');
    const { projectFiles } = await import('./project-files.ts');
    const code = embedCode(host, await projectFiles(host));
    const parsed = document.createElement('template');
    parsed.innerHTML = code;
    const container = parsed.content.querySelector('bv-container')!;
    assert.deepEqual(container.getAttributeNames(), ['label', 'autorun']);
    assert.equal(container.getAttribute('label'), 'A "b"');
    assert.deepEqual(
      [...container.querySelectorAll('pre')].map((pre) => [pre.getAttribute('path'), pre.textContent]),
      [
        ['index.js', '1'],
        ['a <b>.html', '</script></pre>'],
      ],
    );
    assert.equal(container.querySelector('bv-editor')?.getAttribute('file'), 'index.js');
    assert.match(parsed.content.querySelector('script')?.src ?? '', /bavini\.js$/);
  });

  it('zips text and bytes', async () => {
    const zip = await zipOf(
      new Map<string, string | Uint8Array>([
        ['a/ü.txt', 'é'],
        ['b.bin', Uint8Array.of(0, 255)],
      ]),
    );
    const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    assert.deepEqual(Object.keys(files), ['a/ü.txt', 'b.bin']);
    assert.equal(new TextDecoder().decode(files['a/ü.txt']), 'é');
    assert.deepEqual([...files['b.bin']!], [0, 255]);
  });

  it('gives by its buttons a link, a zip, embed code and a snapshot, and says so', async () => {
    const { host, share } = await shareIn(page + button);
    await host.boot();
    await host.container!.exec('echo made > made.txt');
    await share.open();
    const held: string[] = [];
    const saved: { readonly name: string; readonly blob: Promise<Blob> }[] = [];
    const native = HTMLAnchorElement.prototype.click;
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      value: { writeText: (text: string) => Promise.resolve(void held.push(text)) },
    });
    HTMLAnchorElement.prototype.click = function click() {
      saved.push({ name: this.download, blob: fetch(this.href).then((response) => response.blob()) });
    };
    const bytesOf = async (at: number) => new Uint8Array(await (await saved[at]!.blob).arrayBuffer());
    const said = () => inside(share, '.said').textContent;
    try {
      inside(share, '.copy-link').click();
      await until('the link', () => said() === 'The link was copied.');
      assert.deepEqual(held, [linkIn(share)]);
      inside(share, '.embed').click();
      await until('the code', () => said() === 'The embed code was copied.');
      assert.match(held[1]!, /<bv-container[^]*<pre path="made\.txt">\nmade/);
      inside(share, '.zip').click();
      await until('the zip', () => saved.length === 1);
      assert.match(saved[0]!.name, /\.zip$/);
      assert.includeMembers(Object.keys(unzipSync(await bytesOf(0))), ['index.js', 'made.txt']);
      inside(share, '.snapshot').click();
      await until('the snapshot', () => saved.length === 2);
      assert.match(saved[1]!.name, /\.tar\.gz$/);
      await host.container!.exec('rm made.txt');
      await host.container!.restore(new Blob([await bytesOf(1)]));
      assert.equal(await host.container!.fs.readFile('made.txt', 'utf8'), 'made\n');
    } finally {
      Reflect.deleteProperty(navigator, 'clipboard');
      HTMLAnchorElement.prototype.click = native;
    }
  });

  it('says that there is no container, and closes when it is removed', async () => {
    const { share } = await shareIn('<bv-share></bv-share>');
    assert.include(inside(share, '.message').textContent, 'must be inside a <bv-container>');
    const { share: open } = await shareIn(page + button);
    await open.open();
    const dialog = inside<HTMLDialogElement>(open, 'dialog');
    open.remove();
    await until('the end', () => !dialog.open);
  });
});
