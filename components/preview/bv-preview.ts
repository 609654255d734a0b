import { BvPreview } from './preview-element.ts';

customElements.define('bv-preview', BvPreview);
