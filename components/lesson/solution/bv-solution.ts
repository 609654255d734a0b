import { BvSolution } from './solution-element.ts';

if (customElements.get('bv-solution') === undefined) customElements.define('bv-solution', BvSolution);
