/** A browser of its own with a container, where cases run one after the other. */
import { launch, type Browser, type Page } from 'puppeteer-core';
import { chromiumArguments } from '../browsers.ts';
import type { SuiteCase } from './node-suite.ts';

export interface CaseResult {
  /** `died` if the page or its browser went away, `timeout` if the case was killed at its limit. */
  readonly end: 'exit' | 'timeout' | 'died';
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly error: string;
}

interface SuitePageOptions {
  readonly executablePath: string;
  readonly origin: string;
  readonly engine: string;
  /** Milliseconds a case may take. */
  readonly timeoutMs: number;
}

/** Lives in the page. */
interface PageRunner {
  runCase(path: string, flags: readonly string[], serial: string, timeoutMs: number): Promise<CaseResult>;
}

/** Runs in the page: defines `runner`. */
async function install(engineName: string): Promise<void> {
  const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as typeof import('../../index.ts');
  const tar = await (await fetch('/suite.tar')).blob();
  const open = async () => {
    const made = await Container.boot({
      engine: engineName as 'native' | 'quickjs',
      env: { NODE_SKIP_FLAG_CHECK: '1', NODE_TEST_KNOWN_GLOBALS: '0', NODE_TEST_DIR: '/tmp' },
    });
    made.on('error', ({ message }) => console.error(message));
    await made.fs.mkdir('/tmp/suite');
    await made.mountLayer('/tmp/suite', tar, 'node-suite');
    return made;
  };
  const text = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let told = '';
    for await (const bytes of stream as unknown as AsyncIterable<Uint8Array>)
      if (told.length < 20_000) told += decoder.decode(bytes, { stream: true });
    return told;
  };
  let container = open();
  const runner: PageRunner = {
    async runCase(path, flags, serial, limitMs) {
      const current = await container;
      const child = await current.spawn('node', [...flags, path], {
        cwd: '/tmp/suite',
        tty: false,
        env: { TEST_SERIAL_ID: serial, TEST_THREAD_ID: serial },
      });
      void child.stdin.close().catch(() => undefined); // The case may have ended.
      const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<null>((done) => {
        timer = setTimeout(() => done(null), limitMs);
      });
      const status = await Promise.race([child.status, late]);
      // What a child of the case holds open does not end: it is not waited for longer than the case itself.
      const [out, error] = (status === null ? null : await Promise.race([outputs, late])) ?? ['', ''];
      clearTimeout(timer);
      if ((await current.ps()).length > 0) {
        current.teardown();
        container = open();
      }
      return status === null
        ? { end: 'timeout', code: null, signal: null, out, error }
        : { end: 'exit', code: status.code, signal: status.signal, out, error };
    },
  };
  (globalThis as unknown as { runner: PageRunner }).runner = runner;
}

/** Each case has a `TEST_SERIAL_ID` of its own, and with it a temporary folder. */
export class SuitePage {
  readonly #options: SuitePageOptions;
  readonly #prefix: string;
  #count = 0;
  #browser: Browser | undefined;
  #page: Page | undefined;

  constructor(options: SuitePageOptions, prefix: string) {
    this.#options = options;
    this.#prefix = prefix;
  }

  async #open(): Promise<Page> {
    const { executablePath, origin, engine } = this.#options;
    this.#browser = await launch({ executablePath, args: [...chromiumArguments], headless: true, protocolTimeout: 120_000 });
    const page = await this.#browser.newPage();
    page.on('console', (message) => console.error(`page: ${message.text()}`));
    page.on('pageerror', (error) => console.error(`page: ${String(error)}`));
    await page.goto(origin);
    await page.evaluate(install, engine);
    return page;
  }

  /** A page that died or does not answer is replaced before the next case. */
  async run({ path, flags }: SuiteCase): Promise<CaseResult> {
    const page = (this.#page ??= await this.#open());
    const { timeoutMs } = this.#options;
    const serial = `${this.#prefix}${++this.#count}`;
    const gone = new AbortController();
    const died = new Promise<CaseResult>((resolve) => {
      const tell = (error: string) => resolve({ end: 'died', code: null, signal: null, out: '', error });
      const onError = (error: Error) => tell(error.message);
      const onDisconnect = () => tell('the browser ended');
      // A case is killed in the page at its limit: a page that has not even done that does not answer.
      const timer = setTimeout(() => tell('the page does not answer'), 2 * timeoutMs + 5000);
      page.once('error', onError);
      this.#browser?.once('disconnected', onDisconnect);
      gone.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        page.off('error', onError);
        this.#browser?.off('disconnected', onDisconnect);
      });
    });
    const answer = page
      .evaluate(
        (file, list, id, limitMs) => (globalThis as unknown as { runner: PageRunner }).runner.runCase(file, list, id, limitMs),
        path,
        flags,
        serial,
        timeoutMs,
      )
      .catch((error: unknown): CaseResult => ({ end: 'died', code: null, signal: null, out: '', error: String(error).split('\n')[0]! }));
    const result = await Promise.race([answer, died]);
    gone.abort();
    if (result.end === 'died') await this.close();
    return result;
  }

  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = this.#page = undefined;
    if (browser === undefined) return;
    const timer = setTimeout(() => browser.process()?.kill('SIGKILL'), 5000);
    await browser.close().catch(() => undefined); // It has ended.
    clearTimeout(timer);
  }
}
