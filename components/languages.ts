/** The languages of the elements, each loaded when a page has it. English is in the code. One line per language. */
import { languageOf, loadLanguage, useLanguages } from './shared/language.ts';

useLanguages({
  ar: () => import('./locales/ar.ts').then(({ texts }) => texts),
  de: () => import('./locales/de.ts').then(({ texts }) => texts),
  es: () => import('./locales/es.ts').then(({ texts }) => texts),
  fr: () => import('./locales/fr.ts').then(({ texts }) => texts),
  it: () => import('./locales/it.ts').then(({ texts }) => texts),
  ja: () => import('./locales/ja.ts').then(({ texts }) => texts),
  ko: () => import('./locales/ko.ts').then(({ texts }) => texts),
  pl: () => import('./locales/pl.ts').then(({ texts }) => texts),
  pt: () => import('./locales/pt.ts').then(({ texts }) => texts),
  uk: () => import('./locales/uk.ts').then(({ texts }) => texts),
  zh: () => import('./locales/zh.ts').then(({ texts }) => texts),
});

/** Resolves when the texts of the page's language are there; undefined where nothing need be loaded for it. */
export function loadPageLanguage(): Promise<unknown> | undefined {
  return loadLanguage(languageOf(document.documentElement));
}
