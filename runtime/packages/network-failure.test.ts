import { assert } from 'chai';
import { explainFailure } from './network-failure.ts';
import { PackageError } from './package-error.ts';
import { RegistryClient } from './registry-client.ts';

const failed = (url: string) =>
  explainFailure(url, { cause: new TypeError('Failed to fetch'), fetch: (input, init) => fetch(input, init), pkgid: 'a@1' });

/** The test server, by its other name: it answers, and has no word for pages of this origin. */
const silentOrigin = location.origin.replace('localhost', '127.0.0.1');

describe('explainFailure()', () => {
  it('a server that answers but not to this origin: CORS, and what to do', async () => {
    assert.notEqual(silentOrigin, location.origin);
    const error = await failed(`${silentOrigin}/package.json`);
    assert.equal(error.code, 'ECORS');
    assert.include(error.message, location.origin);
    assert.include(error.advice.join('\n'), 'npx bavini bake');
    assert.equal(error.pkgid, 'a@1');
  });

  it('the client says so at once and does not try again', async () => {
    const retries: unknown[] = [];
    const client = new RegistryClient({ registries: [`${silentOrigin}/`], onRetry: (attempt) => retries.push(attempt) });
    const error: unknown = await client.packument('left').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.instanceOf(error, PackageError);
    assert.equal((error as PackageError).code, 'ECORS');
    assert.isEmpty(retries);
  });

  it('a server that is not there: the network', async () => {
    const error = await failed('http://localhost:9/left');
    assert.equal(error.code, 'ENETWORK');
    assert.include(error.message, 'Failed to fetch');
  });

  it('the browser is offline', async () => {
    const onLine = Object.getOwnPropertyDescriptor(Navigator.prototype, 'onLine') as PropertyDescriptor;
    Object.defineProperty(Navigator.prototype, 'onLine', { configurable: true, get: () => false });
    try {
      assert.equal((await failed(`${silentOrigin}/left`)).code, 'EOFFLINE');
    } finally {
      Object.defineProperty(Navigator.prototype, 'onLine', onLine);
    }
  });

  it('the page’s own policy: its directive', async () => {
    const frame = document.createElement('iframe');
    const heard = new Promise<{ readonly code: string; readonly message: string }>((resolve) => {
      addEventListener('message', ({ data }: MessageEvent<{ code?: string; message: string }>) => {
        if (data.code !== undefined) resolve({ code: data.code, message: data.message });
      });
    });
    frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">
      <script type="module">
        import { explainFailure } from '${new URL('./network-failure.ts', import.meta.url).href}';
        const url = '${silentOrigin}/left';
        const cause = await fetch(url).catch((error) => error);
        const { code, message } = await explainFailure(url, { cause, fetch: (input, init) => fetch(input, init) });
        parent.postMessage({ code, message }, '*');
      </script>`;
    document.body.append(frame);
    try {
      const { code, message } = await heard;
      assert.equal(code, 'ECSP');
      assert.include(message, 'connect-src');
    } finally {
      frame.remove();
    }
  });
});
