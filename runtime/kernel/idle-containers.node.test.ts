import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Harness, type HarnessOptions } from './kernel-harness.ts';
import { limitTable } from './limits.ts';

/** Several containers of one page. */
class Page {
  readonly harness: Harness;
  readonly containers: readonly number[];

  private constructor(harness: Harness, containers: readonly number[]) {
    this.harness = harness;
    this.containers = containers;
  }

  static async open(count: number, options: HarnessOptions): Promise<Page> {
    const harness = await Harness.open(options);
    const containers = [harness.container];
    while (containers.length < count) containers.push(await harness.createContainer());
    return new Page(harness, containers);
  }

  in(index: number): Harness {
    this.harness.container = this.containers[index] as number;
    return this.harness;
  }

  /** Workers of a container that the page has started and not ended. */
  workersOf(index: number, program = 'shared'): readonly number[] {
    const ended = new Set(this.ended().map(({ worker }) => worker));
    return this.harness.notices.flatMap((notice) =>
      notice.kind === 'startWorker' &&
      notice.container === this.containers[index] &&
      notice.program === program &&
      !ended.has(notice.worker)
        ? [notice.worker]
        : [],
    );
  }

  ended(): readonly { readonly worker: number; readonly rests: boolean }[] {
    return this.harness.notices.flatMap((notice) =>
      notice.kind === 'endWorker' ? [{ worker: notice.worker, rests: notice.rests === true }] : [],
    );
  }
}

const path = '/home/user/project/kept.txt';
const programs: HarnessOptions['shared'] = {
  keep: async ({ worker, start }) => worker.files.writeFile(path, new TextEncoder().encode(`by ${start.pid}`)),
  tell: async (process) => process.write(1, new TextDecoder().decode(process.worker.files.readFile(path))),
  stay: async (process) => {
    await process.write(1, 'here');
    await process.readAll(0);
  },
};
const own: HarnessOptions['own'] = { heavy: () => Promise.resolve(0) };

describe('Containers in which nothing runs', () => {
  let page: Page;
  const open = async (count: number, options: HarnessOptions) => (page = await Page.open(count, options));
  const counts = (program?: string) => page.containers.map((_, index) => page.workersOf(index, program).length);
  afterEach(() => page.harness.close());

  it('give up their shared workers, save the last that was used (idleShared), and get new ones with the same files', async () => {
    await open(3, { shared: programs });
    const { pid } = await page.in(0).spawn('keep');
    await page.in(0).wait(pid);
    const [first] = page.workersOf(0);
    for (const index of [1, 2]) await page.in(index).run('keep');
    assert.deepEqual(counts(), [0, 0, 1]);
    assert.deepEqual(page.ended()[0], { worker: first, rests: true });
    assert.equal((await page.in(0).run('tell')).stdout, `by ${pid}`);
    assert.deepEqual(counts(), [1, 0, 0]);
  });

  it('are not those in which a program waits', async () => {
    await open(3, { shared: programs });
    const { stdin, stdout, pid } = await page.in(0).spawn('stay');
    await page.in(0).readUntil(stdout, 'here');
    for (const index of [1, 2, 1, 2]) await page.in(index).run('keep');
    assert.deepEqual(counts(), [1, 0, 1]);
    await page.in(0).feed(stdin, '');
    assert.deepEqual(await page.in(0).wait(pid), { pid, code: 0, signal: null });
  });

  it('hand on no worker in which a program was killed', async () => {
    await open(2, { shared: programs });
    const { stdout, pid } = await page.in(0).spawn('stay');
    await page.in(0).readUntil(stdout, 'here');
    await page.in(0).peer.call('kill', { container: page.containers[0]!, pid, signal: 'SIGKILL', group: false });
    await page.in(0).settle();
    const [first] = page.workersOf(0);
    await page.in(1).run('keep');
    assert.deepEqual(page.ended(), [{ worker: first, rests: false }]);
  });

  it('keep warm workers of programs where they were used last', async () => {
    await open(limitTable.idleContainers.value + 1, { own, pool: 1 });
    for (const container of page.containers) await page.harness.peer.call('warm', { container, program: 'heavy' });
    await page.harness.notice((notice) => notice.kind === 'endWorker');
    assert.deepEqual(counts('heavy'), [0, ...page.containers.slice(1).map(() => 1)]);
  });
});
