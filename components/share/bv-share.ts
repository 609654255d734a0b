import { BvShare } from './share-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-share') === undefined) customElements.define('bv-share', BvShare);
