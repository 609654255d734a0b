import { assert } from 'chai';
import type { BvContainer } from '../container/container-element.ts';
import { assertAccessible } from '../shared/testing/axe.ts';
import { BvErrorEvent, BvPreviewConsoleEvent, type BvOpenEvent } from '../shared/events.ts';
import { clear, inside, next, rendered, show, until } from '../shared/testing/page.ts';
import './bv-output.ts';
import type { BvOutput } from './output-element.ts';

async function outputIn(markup: string): Promise<{ place: HTMLElement; host: BvContainer; output: BvOutput }> {
  const place = await show(markup);
  return { place, host: place.querySelector('bv-container')!, output: place.querySelector('bv-output')! };
}

const entriesOf = (output: BvOutput) => [...output.shadowRoot!.querySelectorAll('.entry .text')].map((entry) => entry.textContent.trim());
const entry = (output: BvOutput, text: string) => until(`the entry ${text}`, () => entriesOf(output).some((one) => one.includes(text)));
const said = (output: BvOutput) => inside(output, '[role="status"]').textContent;

describe('<bv-output>', () => {
  afterEach(() => clear());

  it('is accessible, empty and full, and can be walked by keyboard', async () => {
    const { place, output } = await outputIn('<bv-container><bv-output></bv-output></bv-container>');
    await assertAccessible(place);
    output.log('error', 'Broken at \x1b[31mred\x1b[39m \x1b[42mgreen\x1b[0m');
    output.log('warn', { text: '{a: 1}', parts: [['a', 1]], more: 0 });
    output.log('debug', 'twice');
    output.log('debug', 'twice');
    await entry(output, 'twice');
    await assertAccessible(place);
    const stops = [...output.shadowRoot!.querySelectorAll<HTMLElement>('button, [tabindex], summary')];
    assert.deepEqual(
      stops.map((stop) => stop.textContent.replace(/\s+/g, ' ').trim().slice(0, 10)),
      [
        'Errors 1',
        'Warnings 1',
        'Messages',
        'Debugging ',
        'Copy',
        'Clear',
        stops[6]!.textContent.replace(/\s+/g, ' ').trim().slice(0, 10),
        '{a: 1}',
      ],
    );
    for (const stop of stops) {
      stop.focus();
      assert.equal(output.shadowRoot!.activeElement, stop);
    }
  });

  it('shows what previews write to their consoles, and their errors', async () => {
    const { host, output } = await outputIn('<bv-container><bv-preview></bv-preview><bv-output></bv-output></bv-container>');
    const preview = host.querySelector('bv-preview')!;
    preview.dispatchEvent(new BvPreviewConsoleEvent('log', ['hello', 1, null]));
    preview.dispatchEvent(new BvPreviewConsoleEvent('warn', ['careful']));
    preview.dispatchEvent(new BvErrorEvent(new Error('uncaught')));
    await entry(output, 'uncaught');
    assert.deepEqual(entriesOf(output).slice(0, 2), ['hello 1 null', 'careful']);
    assert.match(output.text, /^hello 1 null\ncareful\n.*uncaught/);
    assert.isNotNull(output.shadowRoot!.querySelector('.entry.warn .visually-hidden') ?? output.shadowRoot!.querySelector('.entry.warn'));
  });

  it('opens objects part by part', async () => {
    const { host, output } = await outputIn('<bv-container><bv-output></bv-output></bv-container>');
    const inner = { text: '{c: "x"}', parts: [['c', 'x']], more: 3 } as const;
    host.dispatchEvent(new BvPreviewConsoleEvent('log', ['{b: {c: "x"}}'], [{ text: '{b: {…}}', parts: [['b', inner]], more: 0 }]));
    await entry(output, '{b: {…}}');
    assert.isNull(output.shadowRoot!.querySelector('.parts'));
    inside(output, 'summary').click();
    await until('the parts', () => output.shadowRoot!.querySelector('.parts details') !== null);
    inside(output, '.parts summary').click();
    await until('the inner parts', () => output.shadowRoot!.querySelector('.parts .parts') !== null);
    assert.include(inside(output, '.parts .parts').textContent, '"x"');
    assert.include(inside(output, '.parts .more').textContent, '3 more');
  });

  it('filters by level, clears, and says so', async () => {
    const { output } = await outputIn('<bv-container><bv-output levels="error warn"></bv-output></bv-container>');
    output.log('log', 'quiet');
    output.log('error', 'loud');
    await entry(output, 'loud');
    assert.deepEqual(entriesOf(output), ['loud']);
    inside(output, '.filter.info').click();
    await output.updateComplete;
    assert.deepEqual(entriesOf(output), ['quiet', 'loud']);
    assert.equal(inside(output, '.filter.info').getAttribute('aria-pressed'), 'true');
    for (const level of ['info', 'error', 'warn', 'debug']) if (level !== 'debug') inside(output, `.filter.${level}`).click();
    await output.updateComplete;
    assert.include(inside(output, '.hint').textContent, 'hidden by the levels');
    inside(output, '.clear').click();
    await until('the hint', () => inside(output, '.hint').textContent.includes('appears here'));
    assert.equal(said(output), 'The output was cleared.');
    assert.equal(output.shadowRoot!.activeElement, inside(output, '.log'), 'the focus is where the output was');
  });

  it('tells that it copied, or that it could not', async () => {
    const { output } = await outputIn('<bv-container><bv-output></bv-output></bv-container>');
    output.log('log', '\x1b[31mred\x1b[0m');
    await entry(output, 'red');
    const held: string[] = [];
    const allowed = { writeText: (text: string) => Promise.resolve(void held.push(text)) };
    const forbidden = { writeText: () => Promise.reject(new DOMException('Not now', 'NotAllowedError')) };
    const native = document.execCommand.bind(document);
    try {
      Object.defineProperty(navigator, 'clipboard', { configurable: true, value: allowed });
      inside(output, '.copy').click();
      await until('the copy', () => said(output) === 'The output was copied.');
      assert.deepEqual(held, ['red']);
      Object.defineProperty(navigator, 'clipboard', { configurable: true, value: forbidden });
      document.execCommand = () => false;
      assert.isFalse(await output.copy());
      assert.equal(said(output), 'The output could not be copied: the browser does not allow it.');
    } finally {
      Reflect.deleteProperty(navigator, 'clipboard');
      document.execCommand = native;
    }
  });

  it('announces few lines as they are, and many by their number', async () => {
    const { output } = await outputIn('<bv-container><bv-output></bv-output></bv-container>');
    output.log('log', 'one line');
    await until('the announcement', () => said(output) === 'one line');
    for (let at = 0; at < 50; at += 1) output.log(at === 7 ? 'error' : 'log', `line ${at}`);
    await until('the announcement', () => said(output) === '50 new lines of output, 1 error.');
  });

  it('runs its command with the container, links its stack traces, and ends it', async () => {
    const { host, output } = await outputIn(`<bv-container>
      <script type="bv-file" path="main.sh">echo "at main.sh:2:5"; printf '\\033[32mgreen\\033[0m'; echo bad >&2; exit 3</script>
      <bv-output command="sh main.sh"></bv-output>
    </bv-container>`);
    const ended = next(output, 'bv-output-end');
    await host.run();
    assert.equal(((await ended) as Event & { exitCode: number }).exitCode, 3);
    await entry(output, '[process ended with code 3]');
    await entry(output, 'green');
    assert.isNotNull(output.shadowRoot!.querySelector('.entry.error.program'), 'stderr');
    assert.equal(inside(output, '.fg-green').textContent, 'green');
    const link = inside(output, 'button.link');
    assert.equal(link.textContent, link.textContent.trim(), 'line breaks would be shown');
    const opened = next<BvOpenEvent>(document, 'bv-open');
    link.click();
    const { file, line, column, target } = await opened;
    assert.deepEqual([file, line, column, target], ['main.sh', 2, 5, host]);

    output.command = 'echo started; sleep 1000';
    await host.run();
    await entry(output, 'started');
    assert.notInclude(output.text, 'bad', 'a new run starts empty');
    host.stop();
    await entry(output, '[stopped]');
    await until('the end of the program', async () => (await host.container!.ps()).every(({ command }) => !command.includes('sleep')));
  });

  it('says that a command could not be started', async () => {
    const { host, output } = await outputIn('<bv-container><bv-output command="true"></bv-output></bv-container>');
    await host.boot();
    Object.assign(host.container!, { spawn: () => Promise.reject(new Error('There are too many processes')) });
    const failed = next<BvErrorEvent>(output, 'bv-error');
    await host.run();
    assert.equal((await failed).message, 'There are too many processes');
    await entry(output, 'too many processes');
  });

  it('goes on when it is moved, and ends what it started when it is removed', async () => {
    const { host, output, place } = await outputIn(
      '<bv-container><div></div><bv-output command="echo up; sleep 1000"></bv-output></bv-container>',
    );
    await host.run();
    await entry(output, 'up');
    host.querySelector('div')!.append(output);
    await rendered(place);
    host.dispatchEvent(new BvPreviewConsoleEvent('log', ['after the move']));
    await entry(output, 'after the move');
    assert.include(output.text, 'up');
    assert.isTrue((await host.container!.ps()).some(({ command }) => command.includes('sleep')));
    output.remove();
    await until('the end of the program', async () => (await host.container!.ps()).every(({ command }) => !command.includes('sleep')));
    host.dispatchEvent(new BvPreviewConsoleEvent('log', ['unheard']));
    assert.notInclude(output.text, 'unheard');
  });

  it('finds its container by id, and says where there is none', async () => {
    const { host, output } = await outputIn('<bv-container id="here"></bv-container><bv-output for="here"></bv-output>');
    host.dispatchEvent(new BvPreviewConsoleEvent('log', ['found']));
    await entry(output, 'found');
    const { output: lost } = await outputIn('<bv-output for="none"></bv-output>');
    assert.include(inside(lost, '.hint').textContent, 'finds no <bv-container id="none">');
  });
});
