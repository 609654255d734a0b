import { BvRun } from './run-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-run') === undefined) customElements.define('bv-run', BvRun);
