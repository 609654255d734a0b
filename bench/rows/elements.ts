/** What elements cost a page before anybody runs them, and each container once it runs. */
import { ms, type Measurement } from '../bench.ts';
import { median, treePss } from '../measure.ts';

const pageOf = (count: number) => {
  const container = (index: number) =>
    `<h2>Example ${index}</h2><p>Some text that stays where it is.</p><bv-container><script type="bv-file" path="server.js">require('node:http').createServer((request, response) => {\n  response.end('Hello');\n}).listen(3000);\n</script><bv-editor file="server.js"></bv-editor><bv-terminal command="node server.js"></bv-terminal><bv-preview port="3000"></bv-preview></bv-container>`;
  return new TextEncoder().encode(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${count}</title><link rel="stylesheet" href="/dist/bavini.css"><script type="module" src="/dist/bavini.js"></script>${Array.from({ length: count }, (_, index) => container(index)).join('')}<p>The end.</p>`,
  );
};

export const containers: Measurement = {
  name: 'containers',
  async measure({ runs, shared, origin, answers }) {
    /** Scripts' time, bytes of scripts, and the layout shift of a page until it is idle. */
    const visit = async (count: number): Promise<readonly [number, number, number]> => {
      answers.set('/page.html', pageOf(count));
      return shared.onPage(async (page) => {
        await page.setCacheEnabled(false);
        const client = await page.createCDPSession();
        await client.send('Network.enable');
        let bytes = 0;
        let ofPage: string | undefined;
        client.on('Network.requestWillBeSent', ({ requestId, type }) => {
          if (type === 'Document') ofPage = requestId;
        });
        client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
          if (requestId !== ofPage) bytes += encodedDataLength;
        });
        await page.evaluateOnNewDocument(() => {
          const held = globalThis as unknown as { shift: number };
          held.shift = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as unknown as { value: number }[]) held.shift += entry.value;
          }).observe({ type: 'layout-shift', buffered: true });
        });
        const before = (await page.metrics()).ScriptDuration ?? 0;
        await page.goto(`${origin}/page.html`, { waitUntil: 'networkidle0' });
        const shift = await page.evaluate(() => (globalThis as unknown as { shift: number }).shift);
        return [((await page.metrics()).ScriptDuration ?? 0) * 1000 - before * 1000, bytes, shift] as const;
      });
    };
    const of = async (count: number) => {
      const visits: (readonly [number, number, number])[] = [];
      for (let run = 0; run < runs; run++) visits.push(await visit(count));
      return [0, 1, 2].map((at) => median(visits.map((one) => one[at]!)));
    };
    const [oneTime, oneBytes] = await of(1);
    const [time, bytes, shift] = await of(50);
    const kB = (value: number) => `${Math.round(value / 1000)} kB`;
    return [
      {
        what: 'page with 50 containers that nobody ran: script time, transferred (with one container), layout shift',
        value: `${ms(time!)} (${ms(oneTime!)}), ${kB(bytes!)} (${kB(oneBytes!)}), ${shift!.toFixed(3)}`,
        mustReach: '≤ 100 ms, no more than with one, 0',
        aim: '30 ms',
      },
    ];
  },
};

export const further: Measurement = {
  name: 'further',
  measure: ({ withBrowser }) =>
    withBrowser((own) =>
      own.onPage(async (page) => {
        const boot = (count: number) =>
          page.evaluate(async (more) => {
            const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as typeof import('../../runtime/index.ts');
            const kept = ((globalThis as { kept?: unknown[] }).kept ??= []);
            for (let index = 0; index < more; index++) {
              const container = await Container.boot({ files: { 'a.txt': String(index) } });
              if ((await container.exec('cat a.txt')).code !== 0) throw new Error('it does not run');
              kept.push(container);
            }
          }, count);
        const { pid } = own;
        const settled = async () => {
          await new Promise((later) => setTimeout(later, 3000));
          return pid === undefined ? undefined : treePss(pid);
        };
        const further = 10;
        await boot(1);
        const one = await settled();
        await boot(further);
        const all = await settled();
        return [
          {
            what: 'memory of each further idle container that runs',
            value: one === undefined || all === undefined ? 'not known here' : `${((all - one) / further / 1e6).toFixed(1)} MB`,
            mustReach: '≤ 3 MB',
            aim: '1 MB',
          },
        ];
      }),
    ),
};
