import { BvError } from '../../base/errors.ts';

/** What a storage API failed with, as one of ours: `ERR_BV_QUOTA` when the disk or the browser's share of it is full. */
export function storeError(what: string, cause: unknown): BvError {
  if (cause instanceof BvError) return cause;
  const { name, message } = cause instanceof Error ? cause : { name: '', message: String(cause) };
  if (name === 'QuotaExceededError' || /quota|disk is full/i.test(message)) {
    return new BvError('ERR_BV_QUOTA', `${what}: the browser has no more room for this site`, { cause });
  }
  if (name === 'VersionError') return new BvError('ERR_BV_STORE', `${what}: it was written by a newer version of bavini`, { cause });
  return new BvError('ERR_BV_STORE', `${what}: ${message}`, { cause });
}
