/** Colours of code, given at build time by the parsers that the editor has: no highlighter is sent to readers. */
import { cssLanguage } from '@codemirror/lang-css';
import { htmlLanguage } from '@codemirror/lang-html';
import { javascriptLanguage, jsxLanguage, tsxLanguage, typescriptLanguage } from '@codemirror/lang-javascript';
import { jsonLanguage } from '@codemirror/lang-json';
import { StreamLanguage } from '@codemirror/language';
import type { Language } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { classHighlighter, highlightCode } from '@lezer/highlight';

const shellLanguage = StreamLanguage.define(shell);

const languages: Readonly<Record<string, Language>> = {
  js: javascriptLanguage,
  mjs: javascriptLanguage,
  cjs: javascriptLanguage,
  jsx: jsxLanguage,
  ts: typescriptLanguage,
  tsx: tsxLanguage,
  html: htmlLanguage,
  vue: htmlLanguage,
  css: cssLanguage,
  json: jsonLanguage,
  sh: shellLanguage,
};

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Markup of `text` in `language`; plain where the language is `text` or `console`. @throws {RangeError} if it is not known. */
export function highlight(text: string, language: string): string {
  if (language === 'text' || language === 'console') return escapeHtml(text);
  const parser = languages[language]?.parser;
  if (parser === undefined) throw new RangeError(`Cannot highlight "${language}": known are ${Object.keys(languages).join(', ')}, text`);
  let html = '';
  highlightCode(
    text,
    parser.parse(text),
    classHighlighter,
    (part, classes) => (html += classes === '' ? escapeHtml(part) : `<span class="${classes}">${escapeHtml(part)}</span>`),
    () => (html += '\n'),
  );
  return html;
}
