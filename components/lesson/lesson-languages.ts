/** The languages of lessons. One line per language, as in `components/languages.ts`. Not in the chunk of lessons, most of which are read in English. */
import { tellTexts, useLanguages } from '../shared/language.ts';

useLanguages({
  ar: () => import('../locales/lesson/ar.ts').then(({ texts }) => texts),
  de: () => import('../locales/lesson/de.ts').then(({ texts }) => texts),
  es: () => import('../locales/lesson/es.ts').then(({ texts }) => texts),
  fr: () => import('../locales/lesson/fr.ts').then(({ texts }) => texts),
  it: () => import('../locales/lesson/it.ts').then(({ texts }) => texts),
  ja: () => import('../locales/lesson/ja.ts').then(({ texts }) => texts),
  ko: () => import('../locales/lesson/ko.ts').then(({ texts }) => texts),
  pl: () => import('../locales/lesson/pl.ts').then(({ texts }) => texts),
  pt: () => import('../locales/lesson/pt.ts').then(({ texts }) => texts),
  uk: () => import('../locales/lesson/uk.ts').then(({ texts }) => texts),
  zh: () => import('../locales/lesson/zh.ts').then(({ texts }) => texts),
});
// Lessons that are shown already may be in one of them.
tellTexts();
