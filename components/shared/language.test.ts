import { assert } from 'chai';
import { BvError } from '../../runtime/index.ts';
import type { BvContainer } from '../container/container-element.ts';
import { loadPageLanguage } from '../languages.ts';
import { BvElementError } from './element-error.ts';
import { clear, inside, rendered, show, until } from './testing/page.ts';
import { loadLanguage, useLanguages } from './language.ts';
import { setStrings, strings, stringsOf } from './strings.ts';
import '../run/bv-run.ts';

const runOf = (element: Element) => inside(element, '.run').textContent.trim();
const saying = (element: Element, text: string) =>
  until(`the text ${text}`, () => element.shadowRoot?.querySelector('.run')?.textContent.trim() === text);

describe('languages', () => {
  afterEach(() => {
    clear();
    document.documentElement.removeAttribute('lang');
    setStrings({ run: undefined as unknown as string });
  });

  it('are those of the nearest ancestor, in one page, and follow changes', async () => {
    const place = await show(`<bv-container></bv-container>
      <div lang="de-AT"><bv-container></bv-container><p lang="fr"><bv-container></bv-container></p></div>
      <bv-container lang="ja"></bv-container><bv-container lang="tlh"></bv-container>`);
    const [en, de, fr, ja, none] = place.querySelectorAll('bv-container');
    await saying(de!, 'Ausführen');
    await saying(fr!, 'Exécuter');
    await saying(ja!, '実行');
    assert.deepEqual([runOf(en!), runOf(none!)], ['Run', 'Run']);
    place.querySelector('div')!.lang = 'pl';
    await saying(de!, 'Uruchom');
    assert.equal(runOf(fr!), 'Exécuter');
    place.querySelector('p')!.removeAttribute('lang');
    await saying(fr!, 'Uruchom');
    document.documentElement.lang = 'uk';
    await saying(en!, 'Запустити');
    assert.equal(strings.run, 'Запустити', 'what is read at other times is in the page’s language');
    document.documentElement.lang = 'EN';
    await saying(en!, 'Run');
  });

  it('reach into shadow roots, and an element that is moved', async () => {
    const place = await show('<div lang="es"></div><bv-container></bv-container>');
    const outer = place.querySelector('div')!;
    const root = outer.attachShadow({ mode: 'open' });
    root.innerHTML = '<section><bv-run></bv-run><bv-container></bv-container></section>';
    const container = root.querySelector('bv-container')!;
    await saying(container, 'Ejecutar');
    root.querySelector('section')!.lang = 'it';
    await saying(container, 'Esegui');
    outer.lang = 'de';
    root.querySelector('section')!.removeAttribute('lang');
    await saying(container, 'Ausführen');
    const moved = place.querySelector('bv-container')!;
    outer.shadowRoot!.append(moved);
    await saying(moved, 'Ausführen');
  });

  it('give way to what the page says itself, also for elements that come later', async () => {
    const place = await show('<div lang="de"><bv-container></bv-container></div>');
    const container = place.querySelector('bv-container')!;
    await saying(container, 'Ausführen');
    setStrings({ run: 'Los!', 'later.text': 'Von der Seite' });
    await rendered(place);
    assert.equal(runOf(container), 'Los!');
    const later = stringsOf('later', { text: 'Late', other: 'Other' });
    assert.deepEqual([later.text, later.other], ['Von der Seite', 'Other']);
  });

  it('are loaded once, and before the page is shown where they are its own', async () => {
    assert.isUndefined(loadPageLanguage(), 'English is there');
    document.documentElement.lang = 'ko';
    await loadPageLanguage();
    assert.equal(strings.run, '실행');
    assert.isUndefined(loadLanguage('ko'));
  });

  it('have more tables when a part that is loaded later brings them', async () => {
    document.documentElement.lang = 'it';
    await loadPageLanguage();
    const late = stringsOf('late', { text: 'Late' });
    useLanguages({ it: () => Promise.resolve({ late: { text: 'Tardi' } }) });
    assert.equal(late.text, 'Late');
    await loadPageLanguage();
    assert.deepEqual([late.text, strings.run], ['Tardi', 'Esegui']);
    assert.isUndefined(loadPageLanguage());
  });

  it('make notices, which are written later, in the language of their container', async () => {
    const place = await show('<bv-container lang="pt"><pre path="a.txt">a</pre></bv-container>');
    const container = place.querySelector('bv-container')!;
    await saying(container, 'Executar');
    await container.reset();
    await rendered(place);
    assert.include(inside(container, '.notices').textContent, 'Os arquivos originais estão de volta.');
  });

  it('say what kind a failure is before the words of the runtime; what an element found itself they say once', async () => {
    const place = await show('<bv-container></bv-container><bv-container lang="de"></bv-container>');
    const [en, de] = place.querySelectorAll('bv-container');
    await saying(de!, 'Ausführen');
    const said = async (container: BvContainer, error: Error) => {
      container.fail(error);
      await rendered(place);
      return [...container.shadowRoot!.querySelectorAll('.notices p')].at(-1)!.textContent;
    };
    const full = new BvError('ERR_BV_QUOTA', 'Cannot store "a.js": no room');
    assert.equal(await said(en!, full), 'Cannot store "a.js": no room');
    assert.equal(
      await said(de!, full),
      'Der Speicher des Browsers ist voll: was Sie jetzt ändern, bleibt nicht erhalten. (Cannot store "a.js": no room)',
    );
    assert.equal(await said(de!, new BvElementError('ERR_BV_ASSET', 'Der Editor fehlt')), 'Der Editor fehlt');
    assert.equal(await said(de!, new TypeError('of a page')), 'of a page');
  });
});
