import '../step/bv-step.ts';
import '../check/bv-check.ts';
import '../hint/bv-hint.ts';
import '../solution/bv-solution.ts';
import '../lesson-languages.ts';
import { languageOf, loadLanguage } from '../../shared/language.ts';
import { BvLesson } from './lesson-element.ts';

// Else its words would come later, and move what is beside them.
await loadLanguage(languageOf(document.documentElement));
if (customElements.get('bv-lesson') === undefined) customElements.define('bv-lesson', BvLesson);
