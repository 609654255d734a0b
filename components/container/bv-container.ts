import { BvContainer } from './container-element.ts';

customElements.define('bv-container', BvContainer);
