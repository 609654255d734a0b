import type { EventLoop } from '../realm.ts';

const names = ['compile', 'instantiate'] as const;

/**
 * A process lives as long as WebAssembly compiles, as V8's platform sees to it in Node: an engine tells nobody of what it has under way.
 * Only for a realm of its own: the functions of `WebAssembly` are replaced.
 */
export function liveWhileCompiling(loop: Pick<EventLoop, 'ref' | 'unref'>): void {
  if (typeof WebAssembly !== 'object') return;
  const { apply } = Reflect;
  const then = Promise.prototype.then;
  for (const name of names) {
    const original = WebAssembly[name] as (...args: unknown[]) => Promise<unknown>;
    const { [name]: replacement } = {
      [name](this: unknown, _source: unknown, ..._rest: unknown[]): Promise<unknown> {
        // eslint-disable-next-line prefer-rest-params -- the length of the function is seen
        const result = apply(original, WebAssembly, arguments as unknown as unknown[]) as Promise<unknown>;
        loop.ref();
        return apply(then, result, [
          (value: unknown) => {
            loop.unref();
            return value;
          },
          (error: unknown) => {
            loop.unref();
            throw error;
          },
        ]) as Promise<unknown>;
      },
    };
    Object.defineProperty(WebAssembly, name, { value: replacement, writable: true, enumerable: true, configurable: true });
  }
}
