import '../step/bv-step.ts';
import '../check/bv-check.ts';
import '../hint/bv-hint.ts';
import '../solution/bv-solution.ts';
import { BvLesson } from './lesson-element.ts';

if (customElements.get('bv-lesson') === undefined) customElements.define('bv-lesson', BvLesson);
