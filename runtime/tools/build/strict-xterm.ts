/**
 * A plugin for xterm.js, which colours cells by style attributes: by the CSSOM instead, which no `style-src` forbids. And it makes all
 * style elements with the document it is given; an operator's precedence keeps it from that (6.0.0).
 */
import type { Plugin } from 'rollup';

const mainDocument = 'this._document??typeof window<"u"?window.document:null';
const colouring = /(\w+)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}\$\{(\w+)\};`\)/;

export function strictXterm(): Plugin {
  return {
    name: 'strict-xterm',
    transform(code, id) {
      if (!/\/@xterm\/xterm\/lib\/xterm\.mjs$/.test(id.replaceAll('\\', '/'))) return null;
      if (!colouring.test(code) || !code.includes(mainDocument)) this.error(`${id} makes styles in another way than this plugin knows`);
      return { code: code.replace(colouring, '$1.style.cssText+=`;${$2};`').replace(mainDocument, 'this._document'), map: null };
    },
  };
}
