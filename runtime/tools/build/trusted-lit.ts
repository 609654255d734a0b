/**
 * A plugin that names the Trusted Types policy of our Lit `bavini-elements`, so that a page may have a Lit of its own, and goes on
 * without one where the page's policy does not allow that name.
 */
import type { Plugin } from 'rollup';

const own = /(\w+)\?\1\.createPolicy\("lit-html",(\{createHTML:(\w+)=>\3\})\):void 0/;

export function trustedLit(): Plugin {
  return {
    name: 'trusted-lit',
    transform(code, id) {
      if (!/\/lit-html\/lit-html\.js$/.test(id.replaceAll('\\', '/'))) return null;
      if (!own.test(code)) this.error(`${id} makes its policy in another way than this plugin knows`);
      // The empty catch: without a policy Lit's own text is set as it is, which the page's policy then allows or refuses.
      return { code: code.replace(own, '(()=>{try{return $1?.createPolicy("bavini-elements",$2)}catch{}})()'), map: null };
    },
  };
}
