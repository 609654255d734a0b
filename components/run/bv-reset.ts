import { BvReset } from './reset-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-reset') === undefined) customElements.define('bv-reset', BvReset);
