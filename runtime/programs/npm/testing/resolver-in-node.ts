/** Puts the bundled resolver, with the modules of npm that a page gets, in the place of its source: Node would give it its own files. */
import { registerHooks } from 'node:module';
import { buildResolver, type Resolver } from '../../../tools/build/npm-resolver.ts';

const key = Symbol.for('bavini.testing.resolver');
let resolver: Promise<Resolver> | undefined;
let resolutions = 0;

/** How often the resolver was asked so far. */
export function resolutionCount(): number {
  return resolutions;
}

export async function useBundledResolver(): Promise<void> {
  if (resolver !== undefined) {
    await resolver;
    return;
  }
  resolver = buildResolver();
  const { resolveTree, ...rest } = await resolver;
  (globalThis as unknown as Record<symbol, Resolver>)[key] = {
    ...rest,
    resolveTree(request) {
      resolutions += 1;
      return resolveTree(request);
    },
  };
  const address = new URL('../resolve/resolve.ts', import.meta.url).href;
  registerHooks({
    load: (url, context, next) =>
      url === address
        ? {
            format: 'module',
            shortCircuit: true,
            source: "export const { resolveTree } = globalThis[Symbol.for('bavini.testing.resolver')];",
          }
        : next(url, context),
  });
}
