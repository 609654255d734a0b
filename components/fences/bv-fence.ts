import { BvFence } from './fence-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-fence') === undefined) customElements.define('bv-fence', BvFence);
