/** How soon a lesson answers its reader. */
import type { BvLesson } from '../../components/index.ts';
import { ms, type Measurement } from '../bench.ts';
import { median } from '../measure.ts';

const file = (path: string, text: string) => `<script type="bv-file" path="${path}">${text}</script>`;
const server = `require('node:http').createServer((request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('<h1>Hello</h1>');
}).listen(3000);`;
const changed = Array.from({ length: 10 }, (_, index) => file(`src/part-${index}.js`, `export const part = ${index};`)).join('');

const page = `<!doctype html><meta charset="utf-8"><title>Lesson</title><link rel="stylesheet" href="/dist/bavini.css"><script type="module" src="/dist/bavini.js"></script>
<bv-lesson order="free">
  <bv-container>${file('server.js', server)}${file('notes.txt', '')}<bv-editor files="notes.txt"></bv-editor><bv-terminal></bv-terminal><bv-preview></bv-preview></bv-container>
  <bv-step name="one" label="One" focus="notes.txt" command="node server.js" preview="3000/">
    <bv-check type="dom" selector="h1" text="Hello"></bv-check>
    <bv-check type="file" path="notes.txt" contains="typed"></bv-check>
  </bv-step>
  <bv-step name="two" label="Two" focus="src/part-7.js" command="echo begun">${changed}</bv-step>
</bv-lesson>`;

/** Times of one visit in milliseconds. */
interface Visit {
  readonly document: number;
  readonly file: number;
  readonly step: number;
}

export const lesson: Measurement = {
  name: 'lesson',
  async measure({ runs, shared, origin, answers }) {
    answers.set('/lesson.html', new TextEncoder().encode(page));
    const visits: Visit[] = [];
    for (let run = 0; run < runs; run++)
      visits.push(
        await shared.onPage(async (tab) => {
          await tab.goto(`${origin}/lesson.html`);
          const seen = await tab.evaluateHandle(async () => {
            await customElements.whenDefined('bv-lesson');
            const element = document.querySelector('bv-lesson') as BvLesson;
            await element.ready;
            const [documentCheck, fileCheck] = [...element.querySelectorAll('bv-check')] as const;
            const time = (event: string) =>
              new Promise<number>((resolve) => document.addEventListener(event, () => resolve(performance.now()), { once: true }));
            const passed = (check: Element | undefined) =>
              new Promise<number>((resolve) => {
                document.addEventListener('bv-check', function listener(event) {
                  if (event.target !== check || (check as unknown as { status: string }).status !== 'passed') return;
                  document.removeEventListener('bv-check', listener);
                  resolve(performance.now());
                });
              });
            return {
              element,
              loaded: time('bv-load'),
              documentPassed: passed(documentCheck),
              written: time('bv-change'),
              filePassed: passed(fileCheck),
            };
          });
          const checked = await seen.evaluate(async ({ element, loaded, documentPassed }) => {
            await element.querySelector('bv-container')!.run();
            const times = (await documentPassed) - (await loaded);
            element.querySelector('bv-editor')!.focus();
            return times;
          });
          await tab.waitForFunction(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.cm-content') !== null);
          await tab.evaluate(() => document.querySelector('bv-editor')!.focus());
          await tab.keyboard.type('typed');
          const fileChecked = await seen.evaluate(async ({ written, filePassed }) => (await filePassed) - (await written));
          const stepped = await seen.evaluate(async ({ element }) => {
            const [editor, terminal] = [element.querySelector('bv-editor')!, element.querySelector('bv-terminal')!];
            const began = performance.now();
            await element.go('two');
            while (editor.value !== 'export const part = 7;' || !/^begun$/m.test(terminal.text))
              await new Promise((later) => setTimeout(later));
            return performance.now() - began;
          });
          return { document: checked, file: fileChecked, step: stepped };
        }),
      );
    const of = (name: keyof Visit) => ms(median(visits.map((visit) => visit[name])));
    return [
      { what: 'lesson: step change (11 files, editor, command)', value: of('step'), mustReach: '≤ 150 ms', aim: '50 ms' },
      {
        what: 'lesson: check of a file after a keystroke pause, of the DOM after its document has loaded',
        value: `${of('file')}, ${of('document')}`,
        mustReach: '≤ 100 ms',
        aim: '30 ms',
      },
    ];
  },
};
