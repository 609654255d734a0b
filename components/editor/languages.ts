/** Which language a file is written in, by its name. Each is loaded when a file of it is shown. */
import type { LanguageSupport } from '@codemirror/language';

const byEnding: readonly (readonly [RegExp, () => Promise<LanguageSupport>])[] = [
  [/\.(m|c)?jsx?$/, async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true })],
  [/\.(m|c)?ts$/, async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true })],
  [/\.tsx$/, async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true, jsx: true })],
  [/\.(json|webmanifest|map)$/, async () => (await import('@codemirror/lang-json')).json()],
  [/\.(html?|svg|xml|vue)$/, async () => (await import('@codemirror/lang-html')).html()],
  [/\.css$/, async () => (await import('@codemirror/lang-css')).css()],
];

/** Undefined for files of other kinds, which are shown without colours. */
export async function languageOf(file: string): Promise<LanguageSupport | undefined> {
  return byEnding.find(([ending]) => ending.test(file))?.[1]();
}
