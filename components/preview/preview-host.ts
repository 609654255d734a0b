/** Makes preview hosts, each out of a chunk of its own. */
import { BvError } from '../../runtime/index.ts';
import type { PreviewHost, PreviewHostName, PreviewHostOptions } from './preview-interface.ts';

export { FrameFocus } from './frame-focus.ts';
export * from './preview-interface.ts';

/**
 * Makes the host and starts loading `path`; resolves when the frame exists, before the document has loaded.
 *
 * @throws {BvError} `ERR_BV_UNSUPPORTED` where the page cannot have this host; the message names what would enable it.
 * @throws the signal's reason.
 */
export async function createPreviewHost(name: PreviewHostName, options: PreviewHostOptions): Promise<PreviewHost> {
  options.signal.throwIfAborted();
  const host = await loadHost(name, options);
  if (options.signal.aborted) {
    host.dispose();
    options.signal.throwIfAborted();
  }
  options.signal.addEventListener('abort', () => host.dispose(), { once: true });
  return host;
}

async function loadHost(name: PreviewHostName, options: PreviewHostOptions): Promise<PreviewHost> {
  switch (name) {
    case 'inline':
      return (await import('./hosts/inline/inline-host.ts')).createInlineHost(options);
    case 'service-worker':
      return (await import('./hosts/service-worker/service-worker-host.ts')).createServiceWorkerHost(options);
    case 'origin':
      return (await import('./hosts/origin/origin-host.ts')).createOriginHost(options);
    default: {
      const known = '"inline", "service-worker" and "origin"';
      throw new BvError('ERR_BV_INVALID_ARGUMENT', `There is no preview host ${JSON.stringify(name)}: known are ${known}`);
    }
  }
}
