/** The way to the resolver: its code, npm's own, is loaded when it is first needed. */
import type { Resolution, ResolveRequest } from './request.ts';

/**
 * Decides on the tree that npm would make, without touching a file. One resolution runs at a time in a worker; later ones wait.
 *
 * @throws {ResolveError} with npm's code and report.
 */
export async function resolve(request: ResolveRequest): Promise<Resolution> {
  const { resolveTree } = await import('./resolve.ts');
  return resolveTree(request);
}
