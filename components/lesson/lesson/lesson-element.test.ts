import { assert } from 'chai';
import type { BvError } from '../../../runtime/index.ts';
import type { BvErrorEvent } from '../../shared/events.ts';
import { assertAccessible, clear, inside, next, rendered, show, until } from '../../shared/testing/page.ts';
import type { BvCheck } from '../check/check-element.ts';
import type { LessonDocument } from '../lesson-format.ts';
import type { BvDoneEvent } from './lesson-events.ts';
import type { BvLesson } from './lesson-element.ts';
import './bv-lesson.ts';

const steps = `<bv-step name="one" label="First" focus="a.js">
    <h2>First</h2><p>Write two.</p>
    <bv-check type="file" path="a.js" contains="two">Write it into a.js.</bv-check>
    <bv-hint><p>It is a word.</p></bv-hint>
    <bv-solution><p>Like this.</p><script type="bv-file" path="a.js">two</script></bv-solution>
  </bv-step>
  <bv-step name="two" label="Second" command="node b.js" preview="4000/there">
    <p>More.</p>
    <script type="bv-file" path="b.js">b</script>
    <script type="bv-file" path="gone.js" deleted></script>
    <bv-check type="file" path="b.js" equals="c" label="b.js is c"></bv-check>
  </bv-step>
  <bv-step name="three" label="Third"><p>The end.</p></bv-step>`;

const container = `<bv-container>
    <script type="bv-file" path="a.js">one</script>
    <script type="bv-file" path="gone.js">gone</script>
    <bv-editor file="a.js"></bv-editor><bv-terminal></bv-terminal><bv-preview></bv-preview>
  </bv-container>`;

const markup = (attributes = 'persist="test"', inner = steps) => `<bv-lesson ${attributes}>${container}${inner}</bv-lesson>`;

async function open(html = markup()): Promise<BvLesson> {
  const place = await show(html);
  const lesson = place.querySelector('bv-lesson')!;
  await lesson.ready;
  await rendered(place);
  return lesson;
}

const filesOf = (lesson: BvLesson) => lesson.querySelector('bv-container')!.files;
const read = (lesson: BvLesson, path: string) => filesOf(lesson).read(path);
const checkIn = (lesson: BvLesson, step: string): BvCheck => lesson.querySelector(`bv-step[name="${step}"] bv-check`)!;
const said = (lesson: BvLesson) => [...lesson.shadowRoot!.querySelectorAll('.message, p.notice')].map((one) => one.textContent);
const shown = (lesson: BvLesson) =>
  [...lesson.querySelectorAll('bv-step')].filter((step) => step.checkVisibility()).map(({ name }) => name);

/** Leaves the page and comes back to one that its author may have changed. */
async function comeBack(lesson: BvLesson, html = markup()): Promise<BvLesson> {
  lesson.parentElement!.remove();
  await Promise.resolve();
  return open(html);
}

describe('<bv-lesson>', () => {
  afterEach(() => {
    clear();
    history.replaceState(null, '', location.pathname + location.search);
  });

  it('breaks no rule of accessibility, in light, dark, right-to-left and on a phone, with all that opens open', async () => {
    const lesson = await open();
    const place = lesson.parentElement!;
    await filesOf(lesson).write('a.js', 'three');
    await until('the check', () => checkIn(lesson, 'one').status === 'failed');
    for (const details of lesson.shadowRoot!.querySelectorAll('details')) details.open = true;
    inside<HTMLButtonElement>(lesson, '.reset .lesson').click();
    lesson.querySelector('bv-hint')!.open = true;
    const solution = lesson.querySelector('bv-solution')!;
    solution.open = true;
    await rendered(place);
    inside<HTMLButtonElement>(solution, '.compare').click();
    await until('the comparison', () => solution.shadowRoot!.querySelector('ins .sign') !== null);
    for (const theme of ['light', 'dark']) {
      document.documentElement.dataset['theme'] = theme;
      await until('the theme', () => getComputedStyle(lesson).colorScheme === theme);
      await rendered(place);
      await assertAccessible(place);
    }
    document.documentElement.dir = 'rtl';
    place.style.inlineSize = '22.5rem';
    await rendered(place);
    await assertAccessible(place);
    assert.isAtMost(lesson.scrollWidth, lesson.clientWidth, 'nothing is wider than a phone');
  });

  it('shows one step beside the container, with its files, its file in the editor, its command and its preview', async () => {
    const lesson = await open(markup('order="free"'));
    assert.deepEqual(shown(lesson), ['one']);
    assert.isTrue(lesson.querySelector('bv-container')!.checkVisibility());
    assert.equal(lesson.step, 'one');
    const told = next<Event & { step: string; index: number }>(lesson, 'bv-step');
    await lesson.go('two');
    assert.deepEqual([(await told).step, (await told).index], ['two', 1]);
    await rendered(lesson.parentElement!);
    assert.deepEqual(shown(lesson), ['two']);
    assert.deepEqual([read(lesson, 'a.js'), read(lesson, 'b.js'), read(lesson, 'gone.js')], ['two', 'b', undefined]);
    assert.equal(lesson.querySelector('bv-terminal')!.command, 'node b.js');
    assert.include(lesson.querySelector('bv-preview')!, { port: 4000, path: '/there' });
    await lesson.go('one');
    assert.deepEqual([read(lesson, 'a.js'), read(lesson, 'b.js'), read(lesson, 'gone.js')], ['one', undefined, 'gone']);
    assert.equal(lesson.querySelector('bv-editor')!.value, 'one');
    assert.equal(lesson.querySelector('bv-terminal')!.command, '');
  });

  it('checks a file when the reader has edited it, announces the result, and opens the next step', async () => {
    const lesson = await open();
    const check = checkIn(lesson, 'one');
    assert.equal(check.status, 'unchecked', 'nobody is told what is missing before doing anything');
    assert.equal(inside(lesson, '.next').getAttribute('aria-disabled'), 'true');
    await filesOf(lesson).write('a.js', 'three');
    await until('the result', () => check.status === 'failed');
    await rendered(lesson.parentElement!);
    assert.include(check.shadowRoot!.textContent, 'It is not in a.js.');
    assert.isTrue(inside(check, '.help').checkVisibility(), 'how to go on');
    const done = next<BvDoneEvent>(lesson, 'bv-done');
    await filesOf(lesson).write('a.js', 'one  and\ntwo');
    assert.deepEqual({ ...(await done), isTrusted: undefined }, { isTrusted: undefined, step: 'one', lesson: false } as never);
    await until('the announcement', () => inside(lesson, '.summary').textContent === 'The check has passed.');
    assert.equal(inside(lesson, '.summary').getAttribute('role'), 'status');
    inside<HTMLButtonElement>(lesson, '.next').click();
    await until('the next step', () => lesson.step === 'two');
    await until('the focus', () => document.activeElement === lesson.querySelector('bv-step[name=two]'));
    assert.equal(lesson.querySelector('bv-step[name=two]')!.shadowRoot!.activeElement!.getAttribute('aria-label'), 'Step 2 of 3: Second');
  });

  it('keeps steps closed until those before them are done, unless their order is free', async () => {
    const lesson = await open();
    const buttons = [...lesson.shadowRoot!.querySelectorAll<HTMLButtonElement>('nav li button')];
    assert.deepEqual(
      buttons.map((button) => button.getAttribute('aria-disabled')),
      [null, 'true', 'true'],
    );
    buttons[1]!.click();
    assert.equal(lesson.step, 'one');
    assert.deepEqual(
      buttons.map((button) => button.getAttribute('aria-current')),
      ['step', null, null],
    );
    lesson.order = 'free';
    await lesson.updateComplete;
    buttons[2]!.click();
    await until('the step', () => lesson.step === 'three');
    assert.isTrue(lesson.isDone('three'), 'a step without checks is done when it was seen');
  });

  it('keeps what the reader wrote in each step, the place and what passed, across visits', async () => {
    let lesson = await open();
    await filesOf(lesson).write('a.js', 'my two');
    await until('the result', () => lesson.isDone('one'));
    await lesson.go('two');
    await filesOf(lesson).write('b.js', 'mine');
    await filesOf(lesson).write('new.js', 'new');
    assert.equal(read(lesson, 'a.js'), 'two', 'a step starts as its author made it');
    lesson = await comeBack(lesson);
    assert.equal(lesson.step, 'two');
    assert.isTrue(lesson.isDone('one'));
    assert.deepEqual([read(lesson, 'b.js'), read(lesson, 'new.js')], ['mine', 'new']);
    await lesson.go('one');
    assert.deepEqual([read(lesson, 'a.js'), read(lesson, 'b.js'), read(lesson, 'new.js')], ['my two', undefined, undefined]);
  });

  it('keeps nothing without a name', async () => {
    let lesson = await open(markup(''));
    await filesOf(lesson).write('a.js', 'my two');
    lesson = await comeBack(lesson, markup(''));
    assert.equal(read(lesson, 'a.js'), 'one');
    assert.deepEqual(
      Object.keys(localStorage).filter((key) => key.startsWith('bavini:lesson')),
      [],
    );
  });

  it('brings a new version to files the reader left alone, keeps the others, and lets the reader choose', async () => {
    let lesson = await open();
    await filesOf(lesson).write('a.js', 'mine');
    const second = markup().replace('>one<', '>uno<').replace('>gone<', '>weg<');
    lesson = await comeBack(lesson, second);
    assert.deepEqual([read(lesson, 'a.js'), read(lesson, 'gone.js')], ['mine', 'weg']);
    const notice = inside(lesson, 'div.notice');
    assert.include(notice.textContent, 'The author changed a.js since you edited it. Yours is kept.');
    notice.querySelector('button')!.click();
    await until('the difference', () => lesson.shadowRoot!.querySelector('ins .sign') !== null);
    assert.include(inside(lesson, '.difference').textContent.replace(/\s+/g, ' '), '−mine+uno');
    await assertAccessible(lesson);
    inside<HTMLButtonElement>(lesson, '.keep').click();
    await until('the choice', () => lesson.shadowRoot!.querySelector('div.notice') === null);
    lesson = await comeBack(lesson, second);
    assert.isNull(lesson.shadowRoot!.querySelector('div.notice'), 'it is not asked twice');
    lesson = await comeBack(lesson, markup().replace('>one<', '>eins<'));
    inside<HTMLButtonElement>(lesson, '.take').click();
    await until('the author’s', () => read(lesson, 'a.js') === 'eins' && lesson.shadowRoot!.querySelector('.undo') !== null);
    inside<HTMLButtonElement>(lesson, '.undo').click();
    await until('mine again', () => read(lesson, 'a.js') === 'mine');
  });

  it('resets a file, a step and the lesson', async () => {
    const lesson = await open();
    await filesOf(lesson).write('a.js', 'my two');
    await filesOf(lesson).write('new.js', 'new');
    await until('the buttons', () => lesson.shadowRoot!.querySelectorAll('.reset .file').length === 2);
    await lesson.resetFile('a.js');
    assert.deepEqual([read(lesson, 'a.js'), read(lesson, 'new.js')], ['one', 'new']);
    await lesson.resetStep();
    assert.isUndefined(read(lesson, 'new.js'));
    await lesson.updateComplete;
    inside<HTMLButtonElement>(lesson, '.undo').click();
    await until('the undone', () => read(lesson, 'new.js') === 'new');
    await lesson.go('two');
    await filesOf(lesson).write('b.js', 'mine');
    await lesson.resetLesson();
    assert.deepEqual(
      [lesson.step, read(lesson, 'a.js'), read(lesson, 'b.js'), read(lesson, 'new.js')],
      ['one', 'one', undefined, undefined],
    );
    assert.isFalse(lesson.isDone('one'));
    await lesson.go('two');
    assert.equal(read(lesson, 'b.js'), 'b');
  });

  it('puts the step back when the container is reset', async () => {
    const lesson = await open(markup('order="free"'));
    await lesson.go('two');
    await filesOf(lesson).write('b.js', 'mine');
    await lesson.querySelector('bv-container')!.reset();
    await until('the start', () => read(lesson, 'b.js') === 'b');
    assert.deepEqual([read(lesson, 'a.js'), read(lesson, 'gone.js')], ['two', undefined]);
  });

  it('shows, compares and applies a solution, which can be undone', async () => {
    const lesson = await open();
    await filesOf(lesson).write('a.js', 'mine');
    const solution = lesson.querySelector('bv-solution')!;
    assert.notInclude(solution.shadowRoot!.textContent, 'two');
    inside(solution, 'summary').click();
    await until('the file', () => solution.shadowRoot!.querySelector('pre')?.textContent === 'two');
    const compare = inside(solution, '.compare');
    compare.click();
    await until('the difference', () => solution.shadowRoot!.querySelector('ins .sign') !== null);
    assert.equal(compare.textContent.trim(), 'Hide the comparison');
    compare.click();
    await until('the file', () => solution.shadowRoot!.querySelector('pre')?.textContent === 'two');
    assert.equal(compare.textContent.trim(), 'Compare with your files');
    compare.click();
    await until('the difference', () => solution.shadowRoot!.querySelector('ins .sign') !== null);
    inside(solution, '.in-editor').click();
    const editor = lesson.querySelector('bv-editor')!;
    await until('the comparison in the editor', () => editor.shadowRoot!.querySelector('.cm-comparison') !== null);
    assert.include(editor.shadowRoot!.querySelector('.cm-deletedChunk')!.textContent, 'two', 'what the solution has');
    assert.equal(editor.value, 'mine');
    inside(solution, '.apply').click();
    await until('the solution', () => read(lesson, 'a.js') === 'two' && lesson.isDone('one'));
    await until('what is said', () => solution.shadowRoot!.textContent.includes('Your files are the same as the solution.'));
    inside(lesson, '.undo').click();
    await until('mine', () => read(lesson, 'a.js') === 'mine');
  });

  it('goes on when it is moved, and ends when it is removed', async () => {
    const lesson = await open(markup('persist="test" order="free"'));
    const files = filesOf(lesson);
    await lesson.go('two');
    const elsewhere = document.createElement('div');
    document.body.append(elsewhere);
    elsewhere.append(lesson);
    await lesson.ready;
    assert.equal(lesson.step, 'two');
    await files.write('b.js', 'c');
    await until('the check', () => checkIn(lesson, 'two').status === 'passed');
    lesson.remove();
    await Promise.resolve();
    const kept = localStorage.getItem('bavini:lesson:test');
    await files.write('b.js', 'unseen');
    assert.equal(localStorage.getItem('bavini:lesson:test'), kept);
    const again = await open(markup('persist="test" order="free"'));
    assert.isUndefined(again.notKept, 'the name is free again');
    assert.equal(read(again, 'b.js'), 'c');
  });

  it('is open in two tabs: nothing is lost, and what was written in the other can be shown', async () => {
    const key = 'bavini:lesson:test';
    const lesson = await open(markup('persist="test" order="free"'));
    const frame = document.createElement('iframe'); // Its storage is that of another tab.
    document.body.append(frame);
    const edit = (base: string, text: string) => ({ base, text });
    const steps = {
      one: { done: true, edits: { 'a.js': edit('one', 'theirs') } },
      two: { done: false, edits: { 'b.js': edit('b', 'c') } },
    };
    frame.contentWindow!.localStorage.setItem(key, JSON.stringify({ version: 1, current: 'two', steps }));
    await until('what is said', () => inside(lesson, '.said').textContent.includes('open in another tab'));
    assert.isTrue(lesson.isDone('one'));
    assert.equal(lesson.step, 'one', 'the place is its own');
    assert.equal(read(lesson, 'a.js'), 'one', 'nobody’s file changes under the hands');
    await filesOf(lesson).write('gone.js', 'mine');
    const kept = JSON.parse(localStorage.getItem(key)!) as { steps: typeof steps };
    assert.deepEqual(kept.steps.two.edits, steps.two.edits);
    assert.deepEqual(Object.keys(kept.steps.one.edits), ['a.js', 'gone.js']);
    inside(lesson, '.undo').click();
    await until('theirs', () => read(lesson, 'a.js') === 'theirs');
    assert.equal(read(lesson, 'gone.js'), 'mine');
    await until('the note to go', () => inside(lesson, '.said').querySelector('button') === null);
    frame.contentWindow!.localStorage.setItem(key, JSON.stringify({ version: 99, steps: {} }));
    await until('the newer version', () => lesson.notKept === 'newer');
    frame.remove();
  });

  it('works in a shadow root, with a container elsewhere, and with steps that come later', async () => {
    const place = await show('<div></div>');
    const root = place.firstElementChild!.attachShadow({ mode: 'open' });
    root.innerHTML = `<bv-lesson for="there" order="free"><bv-step name="one" label="One"><p>One</p></bv-step></bv-lesson>
      <bv-container id="there"><script type="bv-file" path="a.js">one</script></bv-container>`;
    const lesson = root.querySelector('bv-lesson')!;
    await until('the step', () => lesson.step === 'one');
    lesson.insertAdjacentHTML('beforeend', '<bv-step name="two" label="Two"><script type="bv-file" path="a.js">two</script></bv-step>');
    await until('the second', () => lesson.steps.length === 2);
    await lesson.go('two');
    assert.equal(root.querySelector('bv-container')!.files.read('a.js'), 'two');
  });

  it('keeps the step in the address, and follows it back', async () => {
    const lesson = await open(markup('deep-link order="free"'));
    assert.equal(location.hash, '');
    [...lesson.shadowRoot!.querySelectorAll<HTMLButtonElement>('nav li button')][1]!.click();
    await until('the step', () => lesson.step === 'two' && location.hash === '#step=two');
    location.hash = '#step=three';
    await until('the third', () => lesson.step === 'three');
    history.back();
    await until('the second', () => lesson.step === 'two');
  });

  it('opens at the step of the address, if the reader may go there', async () => {
    history.replaceState(null, '', '#here/two');
    const free = await open(markup('id="here" deep-link order="free"'));
    assert.equal(free.step, 'two');
    const linear = await comeBack(free, markup('id="here" deep-link'));
    assert.equal(linear.step, 'one');
  });

  describe('tells its author', () => {
    const mistakes: readonly (readonly [string, string, string])[] = [
      [
        'a name that is used twice',
        '<bv-step name="one" label="Again"></bv-step>',
        'Two steps are named “one”: each name must be of one step',
      ],
      [
        'a step without a name',
        '<bv-step label="None"></bv-step>',
        'Cannot use “” as the name of a step: it must hold no blanks, "#" and "/"',
      ],
      [
        'a path that is used twice',
        '<bv-step name="x" label="X"><script type="bv-file" path="a">1</script><script type="bv-file" path="./a">2</script></bv-step>',
        'Step “x”: Cannot use the file "a" twice: each path names one file',
      ],
      [
        'a file to be shown that is not there',
        '<bv-step name="x" label="X" focus="none.js"></bv-step>',
        'Step “x”: the file “none.js” that is to be shown is not in it',
      ],
      [
        'a patch that does not fit',
        '<bv-step name="x" label="X"><script type="bv-patch">\n--- a.js\n+++ a.js\n@@ -1,1 +1,1 @@\n-other\n+new\n</script></bv-step>',
        'Step “x”: the patch of “a.js” does not apply: hunk 1 (@@ -1,1 +1,1 @@) does not fit',
      ],
    ];
    for (const [what, step, message] of mistakes) {
      it(`of ${what}, and works without it`, async () => {
        const place = document.createElement('main');
        const errors: BvErrorEvent[] = [];
        place.addEventListener('bv-error', (event) => errors.push(event));
        place.innerHTML = markup('', steps + step);
        document.body.append(place);
        const lesson = place.querySelector('bv-lesson')!;
        await lesson.ready;
        await rendered(place);
        assert.deepEqual(said(lesson), [message]);
        assert.deepEqual(
          errors.map(({ code }) => code),
          ['ERR_BV_INVALID_ARGUMENT' satisfies BvError['code']],
        );
        assert.equal(lesson.step, 'one');
      });
    }

    it('of a check that cannot be read, in its place', async () => {
      const lesson = await open(
        markup('', '<bv-step name="x" label="X"><bv-check type="file"></bv-check><bv-check type="fil"></bv-check></bv-step>'),
      );
      const texts = [...lesson.querySelectorAll('bv-check')].map((check) => check.shadowRoot!.textContent.replace(/\s+/g, ' '));
      assert.include(texts[0], 'A check of type “file” needs the attribute path');
      assert.include(texts[1], 'There is no check of type “fil”: known are file, dom, request, command, test, function');
      await assertAccessible(lesson);
    });

    it('of a lesson without steps, and without a container', async () => {
      assert.deepEqual(said(await open(markup('', ''))), [
        'This lesson has no steps: write <bv-step>s into it, or name a packed lesson with src="…"',
      ]);
      assert.deepEqual(said(await open('<bv-lesson for="none"></bv-lesson>')), [
        '<bv-lesson for="none"> finds no <bv-container id="none">',
      ]);
    });
  });

  describe('says that nothing is kept, and works', () => {
    it('where the browser stores nothing', async () => {
      const native = Storage.prototype.setItem;
      Storage.prototype.setItem = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      };
      try {
        const lesson = await open();
        assert.equal(lesson.notKept, 'blocked');
        assert.deepEqual(said(lesson), ['This browser keeps nothing for this page: what you do here lasts until you leave it.']);
        await filesOf(lesson).write('a.js', 'two');
        await until('the check', () => lesson.isDone('one'));
      } finally {
        Storage.prototype.setItem = native;
      }
    });

    it('where a newer bavini kept something, which stays as it is', async () => {
      const newer = JSON.stringify({ version: 99, current: 'two', steps: 'other' });
      localStorage.setItem('bavini:lesson:test', newer);
      const lesson = await open();
      assert.equal(lesson.step, 'one');
      await filesOf(lesson).write('a.js', 'two');
      await until('the check', () => lesson.isDone('one'));
      assert.equal(localStorage.getItem('bavini:lesson:test'), newer);
      assert.match(said(lesson)[0]!, /^A newer version of this page kept your progress/);
    });

    it('for the second lesson of a name', async () => {
      const first = await open();
      const second = await open();
      assert.isUndefined(first.notKept);
      assert.deepEqual(said(second), ['Two lessons of this page are kept as “test”: this one is not kept.']);
      await filesOf(second).write('a.js', 'mine');
      first.remove();
      second.remove();
      await Promise.resolve();
      assert.equal(read(await open(), 'a.js'), 'one');
    });

    it('and takes what somebody else wrote there for nothing', async () => {
      localStorage.setItem('bavini:lesson:test', '{"version":1,"current":7,"steps":{"one":{"edits":{"a.js":{"base":1}}},"two":null}');
      assert.equal((await open()).step, 'one');
    });
  });

  describe('with a packed lesson', () => {
    const packed: LessonDocument = {
      ...{ format: 'bavini-lesson', version: 1, label: 'Packed', order: 'free', files: { 'extra.js': 'extra' } },
      steps: [
        {
          ...{ name: 'one', label: 'One', solution: { 'a.js': 'two' }, hints: ['<p>Look</p>'] },
          html:
            '<p onclick="pwned()">Prose <a href=" java\nscript:pwned()">x</a><img src="data:," onerror="pwned()" alt=""></p><script>pwned()</scr' +
            'ipt>',
          checks: [{ type: 'file', path: 'a.js', contains: 'two', help: '<b>Write</b> it' }],
        },
        { name: 'two', label: 'Two', html: '<p>Second</p>', from: 'lesson', files: { 'b.js': 'b' }, group: 'Part two' },
      ],
    };
    const animated =
      '<svg><a><animate attributeName="href" values="#;javascript:pwned()"></animate><animateMotion></animateMotion>' +
      '<set attributeName="href" to=" javascript:pwned()"></set><text>x</text></a></svg><template><img onerror="pwned()"></template>';
    const source = (content: BodyInit) => URL.createObjectURL(new Blob([content as BlobPart]));

    it('makes its steps of it, without what would run', async () => {
      const gzipped = new Response(new Blob([JSON.stringify(packed)]).stream().pipeThrough(new CompressionStream('gzip')));
      const lesson = await open(markup(`src="${source(await gzipped.blob())}"`, ''));
      assert.deepEqual(said(lesson), []);
      assert.deepEqual(
        lesson.steps.map(({ name, label }) => [name, label]),
        [
          ['one', 'One'],
          ['two', 'Two'],
        ],
      );
      assert.equal(read(lesson, 'extra.js'), 'extra');
      assert.equal(lesson.label, 'Packed');
      const prose = lesson.querySelector('bv-step')!;
      assert.equal(prose.querySelector('p')!.outerHTML, '<p>Prose <a>x</a><img src="data:," alt=""></p>');
      assert.isNull(prose.querySelector('script'));
      assert.equal(checkIn(lesson, 'one').innerHTML, '<b>Write</b> it');
      await lesson.applySolution();
      await until('the check', () => lesson.isDone('one'));
      await lesson.go('two');
      assert.deepEqual([read(lesson, 'a.js'), read(lesson, 'b.js')], ['one', 'b']);
      assert.equal(inside(lesson, '.group').textContent, 'Part two');
    });

    it('leaves out what would make something run later', async () => {
      const [step] = packed.steps;
      const lesson = await open(
        markup(`src="${source(JSON.stringify({ ...packed, steps: [{ ...step, html: animated, hints: [] }] }))}"`, ''),
      );
      assert.deepEqual(said(lesson), []);
      assert.equal(lesson.querySelector('svg')!.outerHTML, '<svg><a><text>x</text></a></svg>');
      assert.isNull(lesson.querySelector('template'));
    });

    it('says where it is wrong, and when it cannot be loaded', async () => {
      const wrong = await open(markup(`src="${source('{"format":"bavini-lesson","version":1,"steps":[{}]}')}"`, ''));
      assert.match(said(wrong)[0]!, /Cannot read the lesson: steps\[0\]\.name must be a text$/);
      const none = await open(markup('src="/none/lesson.json"', ''));
      assert.match(said(none)[0]!, /^Cannot load the lesson http.*none\/lesson\.json: the server answered 404/);
    });
  });
});
