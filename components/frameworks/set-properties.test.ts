import { assert } from 'chai';
import { clear, inside, next, show, until } from '../shared/testing/page.ts';
import type { BvLesson } from '../lesson/lesson/lesson-element.ts';

const markup = `
  <bv-container label="Box">
    <script type="bv-file" path="a.js">const one = 1;\n</script>
    <script type="bv-file" path="b.js">const two = 2;\n</script>
    <bv-lesson label="Lesson" order="free">
      <bv-step name="one" label="One" focus="b.js" command="node b.js">
        <bv-check type="file" path="a.js" contains="one"></bv-check>
        <bv-check type="file" path="a.js" matches="^const three" label="Has three"></bv-check>
        <bv-check type="file" path="a.js" lacks="one" timeout="3"></bv-check>
        <bv-check type="request" path="/none" status="404" send="{}" send-type="application/json" method="PUT"></bv-check>
        <bv-check type="dom" selector="p" text="Hello" click="button" attribute="id=a"></bv-check>
      </bv-step>
      <bv-step name="two" label="Two" from="start" focus="c.js"><script type="bv-file" path="c.js">const three = 3;\n</script></bv-step>
    </bv-lesson>
    <bv-editor file="a.js"></bv-editor>
    <bv-tabs label="Both">
      <bv-terminal label="Shell" command="node a.js"></bv-terminal>
      <bv-output label="Log"></bv-output>
    </bv-tabs>
  </bv-container>`;

type SetAttribute = (element: HTMLElement, name: string, text: string) => void;

const setProperty: SetAttribute = (element, name, text) => void Reflect.set(element, name, text);

/** What each does with an attribute of a custom element. */
const rules: Readonly<Record<string, SetAttribute>> = {
  'React, Preact and Vue, which set a property where there is one of the name': (element, name, text) =>
    name in element ? setProperty(element, name, text) : element.setAttribute(name, text),
  'Solid, which sets a property': (element, name, text) =>
    setProperty(
      element,
      name.replace(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase()),
      text,
    ),
};

/** What `source` is, made as a framework does: each element, then what is said of it, then what is in it. */
function made(source: Element, owner: Document, set: SetAttribute): HTMLElement {
  const element = owner.createElement(source.localName);
  for (const { name, value } of source.attributes)
    if (source.localName.startsWith('bv-')) set(element, name, value);
    else element.setAttribute(name, value);
  for (const child of source.childNodes) element.append(child instanceof Element ? made(child, owner, set) : child.cloneNode());
  return element;
}

const written = new DOMParser().parseFromString(markup, 'text/html');
const saidOf = ({ attributes }: Element) => Object.fromEntries([...attributes].map(({ name, value }) => [name, value]));

for (const [framework, set] of Object.entries(rules))
  for (const [when, owner] of [
    ['are defined', document],
    ['are defined later', document.implementation.createHTMLDocument()],
  ] as const) {
    describe(`Elements that ${when}, written by ${framework}`, () => {
      let place: HTMLElement;
      before(async () => {
        await show('<bv-lesson><bv-step name="a"></bv-step></bv-lesson><bv-tabs></bv-tabs><bv-output></bv-output>');
        await until('the elements', () => ['lesson', 'tabs', 'output'].every((name) => customElements.get(`bv-${name}`) !== undefined));
        clear();
      });
      beforeEach(async () => {
        place = await show('');
        place.append(made(written.querySelector('bv-container')!, owner, set));
        await place.querySelector<BvLesson>('bv-lesson')!.ready;
      });
      afterEach(() => clear());

      it('know what a check wants', () => {
        const checks = [...place.querySelectorAll('bv-check')];
        const wanted = [...written.querySelectorAll('bv-check')];
        assert.deepEqual(
          checks.map(({ spec }) => spec?.type),
          ['file', 'file', 'file', 'request', 'dom'],
        );
        // A label is a property of its own.
        const without = ({ label: _label, ...others }: Readonly<Record<string, string>>) => others;
        assert.deepEqual(
          checks.map((check) => without(saidOf(check))),
          wanted.map((check) => without(saidOf(check))),
        );
        assert.equal(checks[1]!.wanted, 'Has three');
        for (const check of checks) {
          assert.isTrue(check.contains(check));
          assert.isTrue(check.matches('bv-check'));
          assert.isFunction(check.click);
        }
      });

      it('know the steps, their files and their command', async () => {
        const lesson = place.querySelector<BvLesson>('bv-lesson')!;
        assert.deepEqual(
          lesson.steps.map(({ name, file }) => [name, file]),
          [
            ['one', 'b.js'],
            ['two', 'c.js'],
          ],
        );
        const editor = place.querySelector('bv-editor')!;
        const terminal = place.querySelector('bv-terminal')!;
        await until('the file of the first step', () => editor.value === 'const two = 2;\n');
        assert.equal(terminal.command, 'node b.js');
        const shown = next(lesson, 'bv-step');
        await lesson.go('two');
        await shown;
        await until('the file of the second step', () => editor.value === 'const three = 3;\n');
        assert.equal(terminal.command, 'node a.js', 'the author’s own');
        lesson.steps[1]!.focus();
        assert.strictEqual(document.activeElement, lesson.steps[1]);
      });

      it('call tabs by their labels, also by a later one', async () => {
        const tabs = place.querySelector('bv-tabs')!;
        const named = () => [...tabs.shadowRoot!.querySelectorAll('[role=tab]')].map((tab) => tab.textContent.trim()).join();
        await until('the labels', () => named() === 'Shell,Log');
        set(tabs.querySelector('bv-terminal')!, 'label', 'Coquille');
        await until('the new label', () => named() === 'Coquille,Log');
        assert.equal(inside(tabs, '[role=tablist]').getAttribute('aria-label'), 'Both');
      });
    });
  }
