/** The text beside another one: the solution. A chunk of its own. */
import { getChunks, goToNextChunk, goToPreviousChunk, unifiedMergeView } from '@codemirror/merge';
import type { EditorState, Extension } from '@codemirror/state';
import { EditorView, keymap, showPanel } from '@codemirror/view';
import type { Command, Panel } from '@codemirror/view';
import { saidBy } from '../shared/language.ts';
import { editorStrings } from './editor-strings.ts';

function button(text: string, run: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.onclick = run;
  return element;
}

/** Says how much differs, also after each edit, and leads to it. */
function panel(view: EditorView, close: () => void): Panel {
  const dom = document.createElement('div');
  dom.className = 'cm-comparison';
  const status = document.createElement('span');
  status.setAttribute('role', 'status');
  const go = (command: Command) => () => {
    command(view);
    view.focus();
  };
  const update = () => {
    const count = differences(view.state);
    const text = saidBy(view.dom, () => (count === 0 ? editorStrings.comparedEqual : editorStrings.compared(count)));
    if (status.textContent !== text) status.textContent = text;
  };
  dom.append(
    status,
    button(editorStrings.previousDifference, go(goToPreviousChunk)),
    button(editorStrings.nextDifference, go(goToNextChunk)),
    button(editorStrings.closeComparison, () => {
      close();
      view.focus();
    }),
  );
  update();
  // In another language all of it is made anew but the chunks.
  for (const one of view.dom.querySelectorAll('.cm-chunkButtons button:not([hidden])')) one.textContent = editorStrings.takeOver;
  return { dom, top: true, update };
}

export interface ComparisonOptions {
  readonly readonly: boolean;
  close(): void;
  /** In the language of the editor. */
  say<Said>(text: () => Said): Said;
}

/** What the other text has stands above what this one has, with a button that takes it over unless the text is `readonly`. */
export function comparedWith(text: string, { readonly, close, say }: ComparisonOptions): Extension {
  return [
    unifiedMergeView({
      original: text.replace(/\r\n?/g, '\n'),
      gutter: false,
      collapseUnchanged: { margin: 3, minSize: 6 },
      mergeControls: readonly
        ? false
        : (type, action) => {
            const button = document.createElement('button');
            if (type === 'accept') {
              button.hidden = true; // What is written stays by itself.
              return button;
            }
            button.type = 'button';
            button.textContent = say(() => editorStrings.takeOver);
            button.onmousedown = action;
            button.onclick = (event) => {
              if (event.detail === 0) action(event); // By the keyboard.
            };
            return button;
          },
    }),
    keymap.of([{ key: 'Alt-F5', run: goToNextChunk, shift: goToPreviousChunk }]),
    showPanel.of((view) => say(() => panel(view, close))),
    EditorView.theme({
      '.cm-comparison': {
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: '4px',
        padding: '4px var(--_gap)',
        fontSize: '0.8125rem',
      },
      '.cm-comparison span': { flex: '1 1 8rem' },
      '.cm-comparison button': { minBlockSize: '1.5rem', padding: '0 0.5rem', fontSize: 'inherit' },
      '.cm-deletedChunk': { backgroundColor: 'light-dark(#e3f6e8, #12301d)', padding: '0 6px' },
      '.cm-deletedChunk .cm-deletedText': { backgroundColor: 'light-dark(#aee5bd, #1f5c35)', backgroundImage: 'none' },
      '.cm-deletedLine, .cm-deletedLine del, .cm-insertedLine': { textDecoration: 'none' },
      '.cm-changedLine, &.cm-focused .cm-changedLine': { backgroundColor: 'light-dark(#fdeceb, #3a1c1b)' },
      '.cm-changedText, .cm-insertedLine .cm-changedText': { backgroundColor: 'light-dark(#ffc9c4, #6b2b28)', backgroundImage: 'none' },
      '.cm-deletedChunk .cm-chunkButtons': { insetInlineEnd: '6px' },
      '.cm-deletedChunk .cm-chunkButtons button': {
        minBlockSize: '1.5rem',
        padding: '0 0.5rem',
        font: '0.75rem var(--_font)',
        color: 'var(--_text)',
        backgroundColor: 'var(--_background)',
        border: '1px solid var(--_border)',
      },
      '@media print': { '.cm-chunkButtons': { display: 'none' } },
      '.cm-collapsedLines': { background: 'var(--_surface)', color: 'var(--_muted)' },
      '.cm-deletedLine': { '&::before': { content: '"+ "', color: 'var(--_muted)' } },
      '.cm-changedLine': { '&::before': { content: '"− "', color: 'var(--_muted)' } },
    }),
  ];
}

/** How many places differ. */
export function differences(state: EditorState): number {
  return getChunks(state)?.chunks.length ?? 0;
}
