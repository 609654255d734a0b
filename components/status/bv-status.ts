import { BvStatus } from './status-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-status') === undefined) customElements.define('bv-status', BvStatus);
