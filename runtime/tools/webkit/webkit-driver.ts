/** WebKitGTK through its WebDriver: starting it, and opening pages in it. Speaks the W3C protocol with `fetch`. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const startTimeoutMs = 20_000;

function onPath(command: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find(existsSync);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What is missing to test in WebKitGTK on this machine, or undefined. */
export function whyNoWebKit(): string | undefined {
  if (onPath('WebKitWebDriver') === undefined) return 'WebKitWebDriver is not installed (Debian: webkit2gtk-driver)';
  if (miniBrowser() === undefined) return 'the MiniBrowser of WebKitGTK is not installed';
  if (process.env['DISPLAY'] === undefined && onPath('Xvfb') === undefined) return 'there is no display and Xvfb is not installed';
  return undefined;
}

function miniBrowser(): string | undefined {
  return (
    globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser').sort().at(-1) ?? globSync('/usr/libexec/webkit2gtk-4.*/MiniBrowser').sort().at(-1)
  );
}

/** A running driver. `stop()` ends it and every browser it opened. */
export class WebKitDriver {
  readonly #children: readonly ChildProcess[];
  readonly #base: string;

  private constructor(children: readonly ChildProcess[], base: string) {
    this.#children = children;
    this.#base = base;
  }

  static async start(): Promise<WebKitDriver> {
    const why = whyNoWebKit();
    if (why !== undefined) throw new Error(`Cannot test in WebKitGTK: ${why}`);
    const children: ChildProcess[] = [];
    const env: NodeJS.ProcessEnv = { ...process.env, WEBKIT_DISABLE_COMPOSITING_MODE: '1' };
    // Its sandbox does not work for root, which is who runs in containers.
    if (process.getuid?.() === 0) env['WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS'] = '1';
    // Readers have a language; a machine for tests may have none, and sorts capitals first.
    env['LC_ALL'] = 'en_US.UTF-8';
    if (env['DISPLAY'] === undefined) {
      // Xvfb picks a free display and writes its number to descriptor 3.
      const display = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      children.push(display);
      env['DISPLAY'] = await new Promise<string>((resolve, reject) => {
        display.once('error', reject);
        display.once('exit', (code) => reject(new Error(`Cannot start Xvfb: it ended with code ${code}`)));
        display.stdio[3]?.once('data', (data: Buffer) => resolve(`:${data.toString().trim()}`));
      });
    }
    const port = await freePort();
    children.push(spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: 'ignore' }));
    const driver = new WebKitDriver(children, `http://127.0.0.1:${port}`);
    const deadline = Date.now() + startTimeoutMs;
    while (!(await driver.#isReady())) {
      if (Date.now() > deadline) {
        driver.stop();
        throw new Error(`Cannot start WebKitWebDriver: no answer within ${startTimeoutMs} ms`);
      }
      await delay(50);
    }
    return driver;
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.#base}/status`).then(
      (response) => response.ok,
      () => false, // Not listening yet.
    );
  }

  async #call(method: 'POST' | 'DELETE', path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: Record<string, unknown> | null };
    if (!response.ok) throw new Error(`WebKitWebDriver: ${String(value?.['message'] ?? response.statusText)}`);
    return value ?? {};
  }

  /** Opens a browser of its own at `url`; the result ends it. */
  async open(url: string): Promise<() => Promise<void>> {
    const options = { binary: miniBrowser(), args: ['--automation'] };
    const { sessionId } = await this.#call('POST', '/session', {
      capabilities: { alwaysMatch: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options } },
    });
    const session = `/session/${String(sessionId)}`;
    const close = async () => {
      await this.#call('DELETE', session);
    };
    try {
      await this.#call('POST', `${session}/url`, { url });
    } catch (error) {
      await close();
      throw error;
    }
    return close;
  }

  stop(): void {
    for (const child of this.#children) child.kill();
  }
}
