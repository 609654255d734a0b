import { BvCheck } from './check-element.ts';

if (customElements.get('bv-check') === undefined) customElements.define('bv-check', BvCheck);
