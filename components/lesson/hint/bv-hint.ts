import { BvHint } from './hint-element.ts';

if (customElements.get('bv-hint') === undefined) customElements.define('bv-hint', BvHint);
