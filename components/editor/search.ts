/** Finding and replacing. A chunk of its own, loaded when it is first asked for. */
import { gotoLine, highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import type { Command } from '@codemirror/view';

export const searchExtension: Extension = [
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of(searchKeymap),
  // Its buttons have the elements' height elsewhere; here many stand in a row.
  EditorView.theme({ '.cm-panel.cm-search .cm-button': { minBlockSize: '1.75rem', padding: '0 0.5rem' } }),
];

export const commands = { find: openSearchPanel, goToLine: gotoLine } satisfies Record<string, Command>;
