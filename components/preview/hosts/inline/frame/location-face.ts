/** What rewritten sources (`source.ts`) call: `__bvOf(x).location` in place of `x.location`, and `__bvImport` for `import()`. */
import type { Navigator } from './history.ts';

/** Names that rewritten sources use. Unlikely in anyone's program, and not enumerable. */
export const locationHelper = '__bvOf';
export const importHelper = '__bvImport';
/** Around what `eval()` is given; and what stands for `eval` where it is called by another name (`made-code.ts`). */
export const codeHelper = '__bvCode';
export const evalHelper = '__bvEval';

export function installLocation(
  navigator: Navigator,
  importModule: (specifier: string, parent: string, options?: object) => Promise<unknown>,
): void {
  const location = navigator.face();
  const stand = (real: object) =>
    new Proxy(real, {
      get: (target, key) => {
        if (key === 'location') return location;
        const value: unknown = Reflect.get(target, key, target);
        return value;
      },
      set: (target, key, value) => {
        if (key !== 'location') return Reflect.set(target, key, value, target);
        navigator.go(String(value));
        return true;
      },
    });
  const windowFace = stand(window);
  const documentFace = stand(document);
  // A frame's properties that cannot be redefined are reported by the proxy's target; only `location` is ever asked of it.
  const of = (value: unknown) => (value === window ? windowFace : value === document ? documentFace : value);
  Object.defineProperty(window, locationHelper, { value: of });
  Object.defineProperty(window, importHelper, {
    value: (specifier: unknown, parent?: string) => importModule(String(specifier), parent ?? document.baseURI),
  });
}
