import { BvError } from '../../../../runtime/index.ts';
import type { PreviewHost, PreviewHostOptions } from '../../preview-host.ts';

export function createServiceWorkerHost(options: PreviewHostOptions): Promise<PreviewHost> {
  return Promise.reject(
    new BvError('ERR_BV_UNSUPPORTED', `Cannot show port ${options.port}: the preview host "service-worker" is not part of this build`),
  );
}
