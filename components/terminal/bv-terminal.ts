import { BvTerminal } from './terminal-element.ts';

customElements.define('bv-terminal', BvTerminal);
