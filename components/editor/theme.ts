/** The editor's colours: the page's tokens, and those of the languages. */
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const notEmpty = '1px solid var(--_border)';

export const theme = EditorView.theme({
  '&': { backgroundColor: 'var(--_background)', color: 'var(--_text)', fontSize: 'var(--_code-size)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--_code-font)', lineHeight: 'var(--_code-line)', fontVariantLigatures: 'none' },
  '.cm-content': { caretColor: 'var(--_text)', padding: '4px 0' },
  '.cm-line': { padding: '0 6px' },
  '.cm-cursor': { borderLeftColor: 'var(--_text)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    backgroundColor: 'var(--_background)',
    color: 'var(--_muted)',
    border: '0',
    boxSizing: 'border-box',
    width: 'var(--_gutter)',
  },
  '.cm-gutter.cm-lineNumbers': { flexGrow: '1' },
  '.cm-lineNumbers .cm-gutterElement': { paddingRight: '0.5rem' },
  // Only while it has the focus: else the first line of every editor of the page is marked.
  '.cm-activeLineGutter, .cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--_surface)', color: 'var(--_text)' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'light-dark(#0000000a, #ffffff0d)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--_selection)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--_selection)', outline: notEmpty },
  '.cm-foldPlaceholder': {
    font: 'inherit',
    color: 'var(--_muted)',
    backgroundColor: 'var(--_surface)',
    border: notEmpty,
    borderRadius: '4px',
    padding: '0 0.5ch',
    margin: '0',
    minHeight: '24px',
  },
  '.cm-line.cm-readonlyLine': { backgroundColor: 'var(--_surface)' },
  '.cm-line.cm-focusLine': { boxShadow: 'inset 3px 0 var(--_accent)' },
  '&.cm-hasFocus .cm-line:not(.cm-focusLine)': { filter: 'grayscale(1)' },
  '.cm-line.cm-highlightLine, &.cm-focused .cm-line.cm-highlightLine': {
    backgroundColor: 'var(--bv-highlight, light-dark(#fff3c4, #3d3620))',
    boxShadow: 'inset 3px 0 light-dark(#9a6700, #d4a72c)',
  },
  '.cm-annotation': {
    // No margins above and below: CodeMirror does not count them, and line numbers would stand beside other lines.
    margin: '0 6px',
    padding: '2px 8px',
    borderStyle: 'solid',
    borderColor: 'transparent',
    borderWidth: '2px 0 2px 3px',
    borderLeftColor: 'var(--severity)',
    backgroundColor: 'var(--_surface)',
    backgroundClip: 'padding-box',
    fontFamily: 'var(--_font)',
    fontSize: '0.875rem',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-severity-error': { '--severity': 'var(--_danger)' },
  '.cm-severity-warning': { '--severity': 'light-dark(#9a4300, #f4b67f)' },
  '.cm-severity-info': { '--severity': 'var(--_accent)' },
  '.cm-lineNumbers .cm-gutterElement[class*=cm-severity]': {
    color: 'var(--severity)',
    fontWeight: 'bold',
    boxShadow: 'inset 3px 0 var(--severity)',
  },
  '.cm-panels': { backgroundColor: 'var(--_surface)', color: 'var(--_text)', fontFamily: 'var(--_font)' },
  '.cm-panels.cm-panels-top': { borderBottom: notEmpty },
  '.cm-panels.cm-panels-bottom': { borderTop: notEmpty },
  '.cm-panel.cm-search': { padding: '4px 2rem 6px 6px' },
  '.cm-panel.cm-search label': { fontSize: '0.875rem' },
  '.cm-panel.cm-search [name=close]': { minBlockSize: '0', inlineSize: '1.75rem', padding: '0' },
  '.cm-textfield': {
    font: 'inherit',
    color: 'inherit',
    backgroundColor: 'var(--_background)',
    border: notEmpty,
    borderRadius: '4px',
  },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--_background)', border: notEmpty },
  '@media (forced-colors: active)': {
    '.cm-line.cm-highlightLine, .cm-line.cm-focusLine': { borderLeft: '3px solid Highlight', paddingLeft: '3px' },
  },
  '@media print': {
    '.cm-panels, .cm-cursorLayer, .cm-selectionLayer': { display: 'none' },
  },
  '.cm-searchMatch': { backgroundColor: 'light-dark(#ffe08a, #5c4a12)', outline: notEmpty },
  '.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: 'var(--_selection)', outline: '2px solid var(--_accent)' },
});

/** Colours that keep a contrast of 4.5 on both backgrounds. */
export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'light-dark(#8a1a8f, #d9a0ee)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'light-dark(#0b6b35, #9fd6a0)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'light-dark(#9a4300, #f4b67f)' },
  { tag: [tags.comment], color: 'light-dark(#5c6470, #9aa3b2)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'light-dark(#0b4fb3, #93bcfb)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'light-dark(#24507a, #a9cdea)' },
  { tag: [tags.typeName, tags.className, tags.tagName, tags.namespace], color: 'light-dark(#00626e, #83d3de)' },
  { tag: [tags.heading], fontWeight: 'bold' },
  { tag: [tags.emphasis], fontStyle: 'italic' },
  { tag: [tags.strong], fontWeight: 'bold' },
  { tag: [tags.link, tags.url], textDecoration: 'underline' },
  { tag: [tags.invalid], color: 'var(--_danger)' },
]);
