import '../step/bv-step.ts';
import '../check/bv-check.ts';
import '../hint/bv-hint.ts';
import '../solution/bv-solution.ts';
import { languageOf, loadLanguage } from '../../shared/language.ts';
import { BvLesson } from './lesson-element.ts';

const languages = import('../lesson-languages.ts');
const language = languageOf(document.documentElement);
// Else its words would come later, and move what is beside them.
if (language !== 'en') await languages.then(() => loadLanguage(language));
if (customElements.get('bv-lesson') === undefined) customElements.define('bv-lesson', BvLesson);
