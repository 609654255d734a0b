import { BvLayout } from './layout-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-layout') === undefined) customElements.define('bv-layout', BvLayout);
