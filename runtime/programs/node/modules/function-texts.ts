/** `Function.prototype.toString()` gives what the author wrote, not what was made of it: such texts are sent elsewhere, and run there. */
import type { NodeRealm } from '../realm.ts';
import { withoutCaught } from './catch-clauses.ts';
import { originalColumn } from './edits.ts';
import { sourcesOf, type ScriptSource } from './sources.ts';

const { apply } = Reflect;
const nativeToString = Function.prototype.toString;

/** Where each line begins. */
function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|[\n\r\u2028\u2029]/g), ({ 0: end, index }) => index + end.length)];
}

/** What the author wrote at a part of the edited text, which has the same lines. */
function originalText({ text, columns }: ScriptSource, code: string, start: number, end: number): string {
  const edited = lineStarts(code);
  const original = lineStarts(text);
  const offsetOf = (at: number): number => {
    const index = edited.findLastIndex((begins) => begins <= at);
    return (original[index] ?? text.length) + originalColumn(columns, index + 1, at - edited[index]! + 1) - 1;
  };
  return text.slice(offsetOf(start), offsetOf(end));
}

const known = new WeakMap<object, string>();
/** What stands in an object for the engine's functions, or for Node's C++. */
const natives = new WeakSet<object>();

/** The functions of these objects are shown as the engine's own are. */
export function showAsNative(...objects: readonly object[]): void {
  for (const object of objects) {
    for (const { value, get } of Object.values(Object.getOwnPropertyDescriptors(object)) as PropertyDescriptor[]) {
      for (const each of [value, get] as unknown[]) if (typeof each === 'function') natives.add(each);
    }
  }
}

/** To be called before the library boots, which keeps the method. */
export function installFunctionTexts(realm: NodeRealm): void {
  const sources = sourcesOf(realm);
  const { toString } = {
    toString(this: unknown): string {
      let found = known.get(this as object);
      if (found !== undefined) return found;
      const told = apply(nativeToString, this, []) as string;
      const isOurs = natives.has(this as object);
      // Other engines leave out what an accessor is, and break the line. What was bound has no name there.
      const native = /^function ?([^(]*)\(\) \{\s+\[native code\]\s+\}$/.exec(told);
      if (isOurs || native !== null) {
        found = `function ${isOurs || native![1] !== '' ? String((this as Function).name) : ''}() { [native code] }`;
        known.set(this as object, found);
        return found;
      }
      if (!told.includes('$bv') && !told.includes('primordials.')) return told;
      found = withoutCaught(told).replace(/\n\/\/# sourceURL=\$bvf\d+(?=\n\}$)/, '');
      for (const script of sources.edited()) {
        const code = script.code!();
        if (!found.includes('$bv')) break;
        const at = code.indexOf(told);
        if (at < 0) continue;
        found = originalText(script, code, at, at + told.length);
        break;
      }
      known.set(this as object, found);
      return found;
    },
  };
  natives.add(toString);
  Object.defineProperty(Function.prototype, 'toString', { value: toString, writable: true, enumerable: false, configurable: true });
}
