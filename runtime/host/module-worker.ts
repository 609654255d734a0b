/** Starts the runtime's own module workers, from the page's origin or, through a blob, from another. */
import { trustedScriptUrl } from '../base/trusted-types.ts';
import { assetError, assetUrl, bundledWorker, watchSecurityPolicy } from './assets.ts';

/**
 * A module worker running the asset `name`, ready for messages: its script sends `"ready"` once it listens.
 *
 * A script of the page's own origin is started by its URL, so that `worker-src 'self'` is all it needs. Another
 * origin's is imported by a `blob:` worker.
 *
 * @throws {BvError} `ERR_BV_ASSET`, naming the missing CSP directive where that is the reason.
 */
export async function startModuleWorker(name: string): Promise<Worker> {
  watchSecurityPolicy();
  const bundled = await bundledWorker(name);
  const url = typeof bundled === 'string' ? bundled : assetUrl(name);
  const own = new URL(url).origin === location.origin;
  const blobUrl =
    own || typeof bundled === 'object'
      ? undefined
      : URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  let worker: Worker;
  try {
    worker =
      typeof bundled === 'object'
        ? bundled
        : new Worker(trustedScriptUrl(blobUrl ?? url), { type: 'module', name: `bavini ${name.replace(/\.js$/, '')}` });
  } catch (cause) {
    if (blobUrl !== undefined) URL.revokeObjectURL(blobUrl);
    throw await assetError(name, url, 'worker-src', cause);
  }
  try {
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message || 'the worker did not start'));
      };
    });
  } catch (cause) {
    worker.terminate();
    throw await assetError(name, url, 'worker-src', cause);
  } finally {
    if (blobUrl !== undefined) URL.revokeObjectURL(blobUrl);
    worker.onmessage = null;
    worker.onerror = null;
  }
  return worker;
}
