import { BvStep } from './step-element.ts';

if (customElements.get('bv-step') === undefined) customElements.define('bv-step', BvStep);
