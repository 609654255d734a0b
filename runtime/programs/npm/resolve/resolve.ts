/** npm's ideal tree over our files and registries. Always a chunk of its own: `load.ts` is the way in. */
import { ResolveError, type Resolution, type ResolveRequest } from './request.ts';

export function resolveTree(request: ResolveRequest): Promise<Resolution> {
  return Promise.reject(new ResolveError('ENOTSUP', `Cannot resolve ${request.root} yet`, []));
}
