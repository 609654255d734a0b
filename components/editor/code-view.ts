/** CodeMirror, behind the few calls that the element makes. A chunk of its own. */
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleTabFocusMode } from '@codemirror/commands';
import { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { Annotation, Compartment, EditorState, Transaction } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { languageOf } from './languages.ts';

export interface CodeViewOptions {
  readonly parent: HTMLElement;
  readonly root: ShadowRoot;
  readonly text: string;
  readonly file: string;
  readonly label: string;
  readonly help: string;
  readonly readonly: boolean;
  /** The reader changed the text. */
  readonly onEdit: () => void;
  readonly onBlur: () => void;
}

const external = Annotation.define<boolean>();

const theme = EditorView.theme({
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
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--_selection)', outline: '1px solid var(--_border)' },
});

/** Colours that keep a contrast of 4.5 on both backgrounds. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'light-dark(#8a1a8f, #d9a0ee)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'light-dark(#0b6b35, #9fd6a0)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'light-dark(#9a4300, #f4b67f)' },
  { tag: [tags.comment], color: 'light-dark(#5c6470, #9aa3b2)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'light-dark(#0b4fb3, #93bcfb)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'light-dark(#24507a, #a9cdea)' },
  { tag: [tags.typeName, tags.className, tags.tagName, tags.namespace], color: 'light-dark(#00626e, #83d3de)' },
  { tag: [tags.heading], fontWeight: 'bold' },
  { tag: [tags.link, tags.url], textDecoration: 'underline' },
  { tag: [tags.invalid], color: 'var(--_danger)' },
]);

/** The smallest change that makes `after` of `before`, so that cursors and scrolling stay where they can. */
export function changeBetween(before: string, after: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end++;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

/** Where the reader chose the colours, the browser draws what is selected: it puts a plate behind text, over ours. */
function selectionOf(): Extension {
  return matchMedia('(forced-colors: active)').matches ? [] : drawSelection();
}

/** An editor of one text. The caller owns it: `dispose()`. */
export class CodeView {
  readonly #view: EditorView;
  readonly #options: CodeViewOptions;
  readonly #language = new Compartment();
  readonly #access = new Compartment();
  readonly #naming = new Compartment();
  readonly #selection = new Compartment();
  #file: string;
  #readonly: boolean;
  /** As the container has them; CodeMirror itself keeps only line breaks. */
  #lineBreak: string;

  constructor(options: CodeViewOptions) {
    this.#options = options;
    this.#file = options.file;
    this.#readonly = options.readonly;
    this.#lineBreak = options.text.includes('\r\n') ? '\r\n' : '\n';
    this.#view = new EditorView({ parent: options.parent, root: options.root, state: this.#stateOf(options.text) });
    this.setReadonly(options.readonly);
    this.setLabel(options.label, options.help);
    void this.#loadLanguage();
  }

  #stateOf(text: string): EditorState {
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        this.#selection.of(selectionOf()),
        rectangularSelection(),
        indentOnInput(),
        bracketMatching(),
        EditorState.tabSize.of(4),
        keymap.of([{ key: 'Ctrl-m', run: toggleTabFocusMode }, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        syntaxHighlighting(colours),
        theme,
        this.#language.of([]),
        this.#access.of([]),
        this.#naming.of([]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.annotation(external) === true)) this.#options.onEdit();
        }),
        EditorView.domEventHandlers({ blur: () => this.#options.onBlur() }),
      ],
    });
  }

  get text(): string {
    return this.#view.state.sliceDoc().replaceAll('\n', this.#lineBreak);
  }

  /** Shows other contents, which somebody else wrote. Not undone by the reader's undo. */
  setText(text: string): void {
    this.#lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
    const before = this.#view.state.sliceDoc();
    const after = text.replace(/\r\n?/g, '\n');
    if (before === after) return;
    this.#view.dispatch({
      changes: changeBetween(before, after),
      annotations: [external.of(true), Transaction.addToHistory.of(false)],
    });
  }

  /** Shows another file, with a history of its own. */
  setFile(file: string, text: string): void {
    this.#file = file;
    this.#lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
    this.#view.setState(this.#stateOf(text));
    this.setReadonly(this.#readonly);
    void this.#loadLanguage();
  }

  setReadonly(readonly: boolean): void {
    this.#readonly = readonly;
    // Not `editable: false`: the text stays reachable by keyboard and selectable.
    this.#view.dispatch({ effects: this.#access.reconfigure(EditorState.readOnly.of(readonly)) });
  }

  setLabel(label: string, help: string): void {
    const attributes = {
      'aria-label': label,
      'aria-description': help,
      // It can be focused as it is; tools that look for what scrolls by keyboard see only this.
      tabindex: '0',
      spellcheck: 'false',
      autocapitalize: 'off',
      autocorrect: 'off',
    };
    this.#view.dispatch({ effects: this.#naming.reconfigure(EditorView.contentAttributes.of(attributes)) });
  }

  /** The reader chose other colours. */
  recolour(): void {
    this.#view.dispatch({ effects: this.#selection.reconfigure(selectionOf()) });
  }

  focus(): void {
    this.#view.focus();
  }

  /** Measures again after the element was hidden or moved. */
  measure(): void {
    this.#view.requestMeasure();
  }

  dispose(): void {
    this.#view.destroy();
  }

  async #loadLanguage(): Promise<void> {
    const file = this.#file;
    // Without its chunk the text is shown without colours; the next file tries again.
    const support = await languageOf(file).catch(() => undefined);
    if (this.#file === file) this.#view.dispatch({ effects: this.#language.reconfigure(support ?? []) });
  }
}
