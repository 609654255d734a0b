/** The script a page loads: registers all elements. The runtime's API itself is `index.js`, loaded when it is first needed. */
import { BvContainer, BvEditor, BvPreview, BvTerminal } from './index.ts';
import { discover } from './lazy-elements.ts';

export * from './index.ts';

// A page may have two copies of the script, of which the first serves.
for (const [tag, element] of [
  ['bv-container', BvContainer],
  ['bv-editor', BvEditor],
  ['bv-terminal', BvTerminal],
  ['bv-preview', BvPreview],
] as const) {
  if (customElements.get(tag) === undefined) customElements.define(tag, element);
}

discover(document);
