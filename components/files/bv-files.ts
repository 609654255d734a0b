import { BvFiles } from './files-element.ts';

// A page may have two copies of the script, of which the first serves.
if (customElements.get('bv-files') === undefined) customElements.define('bv-files', BvFiles);
