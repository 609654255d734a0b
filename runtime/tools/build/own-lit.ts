/**
 * A plugin that makes Lit ours, so that a page may have a Lit of its own: the Trusted Types policy is named `bavini-elements`, and where
 * the page's policy does not allow that name, Lit goes on without one. It leaves nothing on `globalThis`, and can be imported where there
 * is no document: Lit's own builds for that bring a DOM, which a module that has only to be harmless does not need.
 */
import type { Plugin } from 'rollup';

type Edit = readonly [found: RegExp, replacement: string];

const edits: Readonly<Record<string, readonly Edit[]>> = {
  'lit-html/lit-html.js': [
    // The empty catch: without a policy Lit's own text is set as it is, which the page's policy then allows or refuses.
    [
      /(\w+)\?\1\.createPolicy\("lit-html",(\{createHTML:(\w+)=>\3\})\):void 0/,
      '(()=>{try{return $1?.createPolicy("bavini-elements",$2)}catch{}})()',
    ],
    [/\b(\w+)=document,/, '$1=globalThis.document,'],
    [/\b(\w+)=(\w+)\.createTreeWalker\(/, '$1=$2?.createTreeWalker('],
    [/,(\w+)=\w+\.litHtmlPolyfillSupport;\1\?\.\(\w+,\w+\),\(\w+\.litHtmlVersions\?\?=\[\]\)\.push\("[\d.]+"\);/, ';'],
  ],
  '@lit/reactive-element/css-tag.js': [
    // Browsers that know `light-dark()` and `:state()`, which our styles are made of, adopt style sheets.
    [
      /\b(\w+)=(\w+)\.ShadowRoot&&\(void 0===\2\.ShadyCSS\|\|\2\.ShadyCSS\.nativeShadow\)&&"adoptedStyleSheets"in Document\.prototype&&"replace"in CSSStyleSheet\.prototype/,
      '$1=true',
    ],
  ],
  '@lit/reactive-element/reactive-element.js': [
    [/class (\w+) extends HTMLElement\b/, 'class $1 extends(globalThis.HTMLElement??class{})'],
    // For standard decorators; ours are those of TypeScript.
    [/Symbol\.metadata\?\?=Symbol\("metadata"\),\w+\.litPropertyMetadata\?\?=new WeakMap;/, ''],
    [
      /const (\w+)=this\[Symbol\.metadata\];if\(null!==\1\)\{const (\w+)=litPropertyMetadata\.get\(\1\);if\(void 0!==\2\)for\(const\[\w+,\w+\]of \2\)this\.elementProperties\.set\(\w+,\w+\)\}/,
      '',
    ],
    [/,(\w+)\?\.\(\{ReactiveElement:\w+\}\),\(\w+\.reactiveElementVersions\?\?=\[\]\)\.push\("[\d.]+"\);/, ';'],
    [/,\w+=\w+\.reactiveElementPolyfillSupport\b/, ''],
  ],
  '@lit/reactive-element/decorators/property.js': [[/"object"==typeof (\w+)\?\w+\(\w+,\w+,\1\):/, '']],
  'lit-element/lit-element.js': [
    [
      /,\w+\.litElementHydrateSupport\?\.\(\{LitElement:\w+\}\);const (\w+)=\w+\.litElementPolyfillSupport;\1\?\.\(\{LitElement:\w+\}\);/,
      ';',
    ],
    [/\(\w+\.litElementVersions\?\?=\[\]\)\.push\("[\d.]+"\);/, ''],
  ],
};

export function ownLit(): Plugin {
  return {
    name: 'own-lit',
    transform(code, id) {
      const path = id.replaceAll('\\', '/');
      const file = Object.keys(edits).find((name) => path.endsWith(`/node_modules/${name}`));
      if (file === undefined) return null;
      let text = code;
      for (const [found, replacement] of edits[file] ?? []) {
        if (!found.test(text)) this.error(`${id} is written in another way than this plugin knows: there is no ${found.source}`);
        text = text.replace(found, replacement);
      }
      return { code: text, map: null };
    },
  };
}
