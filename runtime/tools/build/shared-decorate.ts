/**
 * A plugin that gives the code of all decorators one copy of the function that applies them: esbuild writes it into every file that has
 * some, and every element has.
 */
import type { Plugin } from 'rollup';

const name = '__decorateClass';
const file = '\0decorate-class';

/** As esbuild writes it, with what it needs before it. Files that decorate no accessor have a shorter form. */
const helper = /^var __defProp = Object\.defineProperty;\n(?:var __getOwnPropDesc = .*;\n)?var __decorateClass = [^]*?\n\};\n/;

/** Decorators of TypeScript, the last one first. `kind` is 1 for an accessor and 2 for a field, which has no descriptor. */
const source = `export function ${name}(decorators, target, key, kind) {
  let result = kind > 1 ? undefined : Object.getOwnPropertyDescriptor(target, key);
  for (const decorator of decorators.reverse()) result = decorator(target, key, result) || result;
  if (result) Object.defineProperty(target, key, result);
}`;

export function sharedDecorate(): Plugin {
  return {
    name: 'shared-decorate',
    resolveId: (id) => (id === file ? id : null),
    load: (id) => (id === file ? source : null),
    transform(code, id) {
      if (!code.includes(`${name} =`)) return null;
      // Of decorated classes, which esbuild assigns, the result would be wanted.
      if (!helper.test(code) || code.includes(`= ${name}(`)) this.error(`${id}: esbuild decorates in another way than this plugin knows`);
      return { code: code.replace(helper, `import { ${name} } from ${JSON.stringify(file)};\n`), map: null };
    },
  };
}
