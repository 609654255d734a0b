/** CodeMirror, behind the few calls that the element makes. A chunk of its own. */
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleTabFocusMode } from '@codemirror/commands';
import { bracketMatching, foldedRanges, indentOnInput, syntaxHighlighting, unfoldEffect } from '@codemirror/language';
import { Annotation, Compartment, EditorState, Prec, Transaction } from '@codemirror/state';
import type { Extension, StateEffect } from '@codemirror/state';
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
import { BvElementError, messageOf } from '../shared/element-error.ts';
import { saidBy } from '../shared/language.ts';
import { loadPart } from '../shared/load-part.ts';
import { protections } from '../shared/protected-files.ts';
import { changeBetween } from './changes.ts';
import { editorStrings } from './editor-strings.ts';
import type { EditorStrings } from './editor-strings.ts';
import { languageOf } from './languages.ts';
import { lineMarks, markLines, textOf } from './line-marks.ts';
import type { LineMarks } from './line-marks.ts';
import { regions } from './regions.ts';
import { colours, theme } from './theme.ts';

export { highlightedLines } from './annotation.ts';
export { nameBar, nameBarStyles } from './name-bar.ts';
export { isProtected } from '../shared/protected-files.ts';

export interface CodeViewOptions {
  readonly parent: HTMLElement;
  readonly root: ShadowRoot;
  readonly text: string;
  readonly file: string;
  readonly label: string;
  readonly help: string;
  /** Whether the reader may not edit a file. */
  readonly isReadonly: (file: string) => boolean;
  /** The reader changed the text. */
  readonly onEdit: () => void;
  readonly onBlur: () => void;
  /** The reader asked for it. */
  readonly onFormat: () => void;
  /** What was loaded because a key asked for it could not be. */
  readonly onError: (error: unknown) => void;
}

/** A file that is open and not shown: its history, selection and place. */
interface Kept {
  state: EditorState;
  readonly scroll: StateEffect<unknown>;
  readonly lineBreak: string;
}

const external = Annotation.define<boolean>();
const isExternal = (transaction: Transaction): boolean => transaction.annotation(external) === true;

/** Where the reader chose the colours, the browser draws what is selected: it puts a plate behind text, over ours. */
function selectionOf(): Extension {
  return matchMedia('(forced-colors: active)').matches ? [] : drawSelection();
}

function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** An editor of one text at a time; others are kept as they were left. The caller owns it: `dispose()`. */
export class CodeView {
  readonly #view: EditorView;
  readonly #notes = document.createElement('ul');
  readonly #options: CodeViewOptions;
  readonly #language = new Compartment();
  readonly #access = new Compartment();
  readonly #naming = new Compartment();
  readonly #phrases = new Compartment();
  readonly #selection = new Compartment();
  readonly #keys = new Compartment();
  readonly #search = new Compartment();
  readonly #comparison = new Compartment();
  readonly #regions = regions(isExternal);
  readonly #kept = new Map<string, Kept>();
  #file: string;
  /** As the container has them; CodeMirror itself keeps only line breaks. */
  #lineBreak: string;
  /** What the element asked for: it is the same in each file. */
  #namingNow: Extension = [];
  #keysNow: Extension = [];
  #searchNow: Extension = [];
  #annotations: LineMarks['annotations'] = [];

  constructor(options: CodeViewOptions) {
    this.#options = options;
    this.#file = options.file;
    this.#lineBreak = lineBreakOf(options.text);
    this.#view = new EditorView({ parent: options.parent, root: options.root, state: this.#stateOf(options.text) });
    this.#notes.className = 'visually-hidden';
    this.#notes.hidden = true;
    options.parent.append(this.#notes);
    this.setLabel(options.label, options.help);
    protections.addEventListener('change', this.setAccess);
    void this.#loadLanguage(options.text);
  }

  #stateOf(text: string): EditorState {
    const state = EditorState.create({
      doc: text,
      extensions: [
        this.#keys.of(this.#keysNow),
        Prec.highest(keymap.of([{ key: 'Ctrl-m', run: toggleTabFocusMode }])),
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
        keymap.of([
          { key: 'Mod-f', run: () => (this.find(), true) },
          { key: 'Mod-Alt-g', run: () => (this.find('goToLine'), true) },
          { key: 'Shift-Alt-f', run: () => (this.#options.onFormat(), true) },
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        syntaxHighlighting(colours),
        theme,
        this.#regions.extension,
        lineMarks,
        this.#search.of(this.#searchNow),
        this.#comparison.of([]),
        this.#language.of([]),
        this.#access.of(this.#accessNow()),
        this.#naming.of(this.#namingNow),
        this.#phrases.of(EditorState.phrases.of(phrasesOf(this.#options.parent))),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some(isExternal)) this.#options.onEdit();
        }),
        EditorView.domEventHandlers({
          // The search panel is a part of the editor.
          focusout: (event, view) => void (view.dom.contains(event.relatedTarget as Node | null) || this.#options.onBlur()),
        }),
      ],
    });
    const { at, effects } = this.#regions.opening(state);
    return at === 0 && effects.length === 0 ? state : state.update({ selection: { anchor: at }, effects: [...effects] }).state;
  }

  get text(): string {
    return this.#view.state.sliceDoc().replaceAll('\n', this.#lineBreak);
  }

  /** Shows other contents, which somebody else wrote. Not undone by the reader's undo. */
  setText(text: string): void {
    this.#lineBreak = lineBreakOf(text);
    const before = this.#view.state.sliceDoc();
    const after = text.replace(/\r\n?/g, '\n');
    if (before === after) return;
    this.#view.dispatch({
      changes: changeBetween(before, after),
      annotations: [external.of(true), Transaction.addToHistory.of(false)],
      filter: false,
    });
  }

  /** Shows another file, as it was left if it was shown before; the one before is kept. */
  setFile(file: string, text: string): void {
    this.#kept.set(this.#file, { state: this.#view.state, scroll: this.#view.scrollSnapshot(), lineBreak: this.#lineBreak });
    this.#file = file;
    const kept = this.#kept.get(file);
    this.#kept.delete(file);
    this.#lineBreak = kept?.lineBreak ?? lineBreakOf(text);
    this.#view.setState(kept?.state ?? this.#stateOf(text));
    this.#view.dispatch({
      effects: [
        this.#keys.reconfigure(this.#keysNow),
        this.#access.reconfigure(this.#accessNow()),
        this.#naming.reconfigure(this.#namingNow),
        this.#search.reconfigure(this.#searchNow),
        this.#selection.reconfigure(selectionOf()),
      ],
    });
    if (kept === undefined) {
      this.#showCursor();
      void this.#loadLanguage(text);
    } else {
      this.setText(text);
      this.#view.dispatch({ effects: kept.scroll });
    }
  }

  /** Where a region is to be looked at, it is in sight. */
  #showCursor(): void {
    const { head } = this.#view.state.selection.main;
    if (head > 0) this.#view.dispatch({ effects: EditorView.scrollIntoView(head, { y: 'start', yMargin: 40 }) });
  }

  /** Forgets how a file was left that is not shown. */
  forget(file: string): void {
    this.#kept.delete(file);
  }

  /** The file has another name now. */
  rename(from: string, to: string): void {
    const kept = this.#kept.get(from);
    this.#kept.delete(from);
    if (kept !== undefined) this.#kept.set(to, kept);
    if (this.#file !== from) return;
    this.#file = to;
    this.setAccess();
    void this.#loadLanguage(this.text);
  }

  /** Not `editable: false`: the text stays reachable by keyboard and selectable. */
  #accessNow(): Extension {
    return EditorState.readOnly.of(this.#options.isReadonly(this.#file));
  }

  /** Asks again whether the file that is shown may be edited. */
  readonly setAccess = (): void => {
    this.#view.dispatch({ effects: this.#access.reconfigure(this.#accessNow()) });
  };

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
    this.#namingNow = EditorView.contentAttributes.of(attributes);
    this.#view.dispatch({ effects: this.#naming.reconfigure(this.#namingNow) });
  }

  /** `vim`, or the usual ones. */
  async setKeys(keys: string): Promise<void> {
    this.#keysNow = keys === 'vim' ? (await loadPart('<bv-editor>', () => import('./vim-keys.ts'))).vimKeys : [];
    this.#view.dispatch({ effects: this.#keys.reconfigure(this.#keysNow) });
  }

  /** Marks lines of the file that is shown. What is said about them is in a list, too: readers of the text by lines do not come by it. */
  setMarks(marks: LineMarks): void {
    markLines(this.#view, marks);
    this.#annotations = marks.annotations;
    this.#listNotes();
  }

  /** In the language of the element, whenever it is said. */
  #say<Said>(say: () => Said): Said {
    return saidBy(this.#options.parent, say);
  }

  #listNotes(): void {
    this.#notes.hidden = this.#annotations.length === 0;
    const notes = this.#annotations.map((annotation) => {
      const item = document.createElement('li');
      item.textContent = this.#say(() => editorStrings.annotatedLine(annotation.line, textOf(annotation)));
      return item;
    });
    this.#notes.setAttribute(
      'aria-label',
      this.#say(() => editorStrings.annotations),
    );
    this.#notes.replaceChildren(...notes);
  }

  /** Puts the cursor there and scrolls to it. Beyond the end it is the end. */
  reveal(line: number, column = 1): void {
    const { doc } = this.#view.state;
    const at = doc.line(Math.min(Math.max(Math.trunc(line) || 1, 1), doc.lines));
    const head = Math.min(at.from + Math.max(column, 1) - 1, at.to);
    const effects: StateEffect<unknown>[] = [];
    foldedRanges(this.#view.state).between(at.from, at.to, (from, to) => void effects.push(unfoldEffect.of({ from, to })));
    this.#view.dispatch({ selection: { anchor: head }, effects });
    this.#view.dispatch({ effects: EditorView.scrollIntoView(this.#view.state.selection.main.head, { y: 'center' }) });
  }

  /** Opens the panel for finding and replacing, or that for going to a line. */
  find(command: 'find' | 'goToLine' = 'find'): void {
    loadPart('<bv-editor>', () => import('./search.ts')).then(
      ({ commands, searchExtension }) => {
        if (this.#searchNow !== searchExtension) {
          this.#searchNow = searchExtension;
          this.#view.dispatch({ effects: this.#search.reconfigure(searchExtension) });
        }
        commands[command](this.#view);
      },
      (error: unknown) => this.#options.onError(error),
    );
  }

  /**
   * Formats the text that is shown, apart from what cannot be edited, as one step of its history. `config` is that of its project.
   *
   * @throws {SyntaxError} of the formatter if the text cannot be parsed. @throws {BvElementError} `ERR_BV_UNSUPPORTED` if there is
   *   no formatter for such files.
   */
  async format(config: string | undefined): Promise<void> {
    if (this.#view.state.readOnly) return;
    const { formattingOf } = await loadPart('<bv-editor>', () => import('./formatting.ts'));
    const file = this.#file;
    const { state } = this.#view;
    const found = await formattingOf(file, state.sliceDoc(), config).catch((cause: unknown) => {
      throw new SyntaxError(
        this.#say(() => editorStrings.cannotFormatText(file, messageOf(cause))),
        { cause },
      );
    });
    if (found === undefined)
      throw new BvElementError(
        'ERR_BV_UNSUPPORTED',
        this.#say(() => editorStrings.cannotFormat(file)),
      );
    // Edited meanwhile, or another file: what was asked for is not there any more.
    if (this.#file !== file || this.#view.state.doc !== state.doc) return;
    const { isLocked } = this.#regions.opening(state);
    const changes = found.filter(({ from, to }) => !isLocked(from, to));
    const said = this.#say(() => (changes.length === 0 ? editorStrings.formattedAlready : editorStrings.formatted));
    this.#view.dispatch({ changes, userEvent: 'format', effects: EditorView.announce.of(said) });
  }

  /** Shows what differs from `text`, until it is null. Gives the number of places. */
  async compareWith(text: string | null): Promise<number> {
    if (text === null) {
      this.#view.dispatch({ effects: this.#comparison.reconfigure([]) });
      return 0;
    }
    const { comparedWith, differences } = await loadPart('<bv-editor>', () => import('./comparison.ts'));
    // Not as a change of what is compared already: its parts are kept by their names.
    this.#view.dispatch({ effects: this.#comparison.reconfigure([]) });
    this.#view.dispatch({
      effects: this.#comparison.reconfigure(
        comparedWith(text, {
          readonly: this.#view.state.readOnly,
          close: () => void this.compareWith(null),
          say: (said) => this.#say(said),
        }),
      ),
    });
    return differences(this.#view.state);
  }

  /** The page is in another language: all is drawn anew, since CodeMirror's own texts are others. */
  translate(): void {
    this.#view.dispatch({ effects: this.#phrases.reconfigure(EditorState.phrases.of(phrasesOf(this.#options.parent))) });
    this.#listNotes();
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
    protections.removeEventListener('change', this.setAccess);
    this.#notes.remove();
    this.#view.destroy();
  }

  async #loadLanguage(text: string): Promise<void> {
    const file = this.#file;
    // Without its chunk the text is shown without colours; the next file tries again.
    const support = await languageOf(file, text).catch(() => undefined);
    const effects = this.#language.reconfigure(support ?? []);
    const kept = this.#kept.get(file);
    if (this.#file === file) this.#view.dispatch({ effects });
    else if (kept !== undefined) kept.state = kept.state.update({ effects }).state;
  }
}

/** CodeMirror's own texts. */
const phrases = {
  Find: 'find',
  Replace: 'replace',
  next: 'next',
  previous: 'previous',
  all: 'all',
  'match case': 'matchCase',
  regexp: 'regexp',
  'by word': 'byWord',
  replace: 'replaceOne',
  'replace all': 'replaceAll',
  close: 'close',
  'current match': 'currentMatch',
  'on line': 'onLine',
  'replaced match on line $': 'replacedMatch',
  'replaced $ matches': 'replacedMatches',
  'Go to line': 'goToLine',
  go: 'go',
  '$ unchanged lines': 'unchangedLines',
  'Control character': 'controlCharacter',
  'Selection deleted': 'selectionDeleted',
  'Folded lines': 'foldedLines',
  'Unfolded lines': 'unfoldedLines',
  to: 'toLine',
} as const satisfies Record<string, keyof EditorStrings>;

/** Each is looked up when CodeMirror says it: the language of `element` may come late, and change. */
function phrasesOf(element: Element): Record<string, string> {
  const all = Object.entries(phrases).map(([phrase, name]) => [
    phrase,
    { enumerable: true, get: () => saidBy(element, () => editorStrings[name]) },
  ]);
  return Object.defineProperties({}, Object.fromEntries(all) as PropertyDescriptorMap) as Record<string, string>;
}
