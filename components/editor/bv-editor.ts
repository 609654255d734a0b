import { BvEditor } from './editor-element.ts';

customElements.define('bv-editor', BvEditor);
