import { BvOutput } from './output-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-output') === undefined) customElements.define('bv-output', BvOutput);
