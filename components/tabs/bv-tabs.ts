import { BvTabs } from './tabs-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-tabs') === undefined) customElements.define('bv-tabs', BvTabs);
