/** CodeMirror's side of the regions that comments mark. */
import { codeFolding, foldEffect, foldKeymap } from '@codemirror/language';
import { EditorState, RangeSetBuilder, StateField } from '@codemirror/state';
import type { ChangeDesc, Extension, StateEffect, Text, Transaction } from '@codemirror/state';
import { Decoration, EditorView, keymap } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';
import { saidBy } from '../shared/language.ts';
import { editorStrings } from './editor-strings.ts';
import { regionsOf } from './region-marks.ts';

/** Whole lines: from the start of the first to the end of the last. */
interface Lines {
  readonly from: number;
  readonly to: number;
}

interface Regions {
  /** Marks, and what `hide` hides. In order, none touches another. */
  readonly hidden: readonly Lines[];
  readonly readonly: readonly Lines[];
  readonly focus: readonly Lines[];
  readonly folds: readonly (Lines & { readonly title: string })[];
}

interface Shown extends Regions {
  readonly lines: DecorationSet;
  /** Positions between these ends are stepped over: the line break before and after hidden lines is theirs. */
  readonly atomic: DecorationSet;
  /** Pairs of positions between which nothing changes. */
  readonly locked: readonly number[];
}

const none: Shown = { hidden: [], readonly: [], focus: [], folds: [], lines: Decoration.none, atomic: Decoration.none, locked: [] };

function joined(ranges: readonly Lines[], gap: number): readonly Lines[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of [...ranges].sort((one, other) => one.from - other.from)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last.to + gap) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

function read(doc: Text): Regions {
  const hidden: Lines[] = [];
  const regions: Record<'readonly' | 'focus', Lines[]> = { readonly: [], focus: [] };
  const folds: (Lines & { title: string })[] = [];
  const lines = (first: number, last: number): Lines => ({ from: doc.line(first).from, to: doc.line(Math.min(last, doc.lines)).to });
  for (const { kind, title, first, end } of regionsOf(doc.toString())) {
    if (kind === 'hide') hidden.push(lines(first, end));
    else {
      hidden.push(lines(first, first));
      if (end <= doc.lines) hidden.push(lines(end, end));
      if (kind !== 'fold') regions[kind].push(lines(first, end));
      else if (end > first + 1) folds.push({ ...lines(first + 1, end - 1), title });
    }
  }
  return { hidden: joined(hidden, 1), ...regions, folds };
}

function shown(regions: Regions, doc: Text): Shown {
  const { hidden, readonly, focus } = regions;
  if (hidden.length === 0) return none;
  const decorations: { from: number; to: number; value: Decoration }[] = hidden.map(({ from, to }) => ({
    from,
    to,
    value: Decoration.replace({ block: true }),
  }));
  const mark = (ranges: readonly Lines[], name: string) => {
    const value = Decoration.line({ class: name });
    for (const { from, to } of ranges)
      for (let line = doc.lineAt(from); ; line = doc.line(line.number + 1)) {
        decorations.push({ from: line.from, to: line.from, value });
        if (line.to >= to) break;
      }
  };
  mark(readonly, 'cm-readonlyLine');
  mark(focus, 'cm-focusLine');
  const around = joined(
    hidden.map(({ from, to }) => ({ from: Math.max(from - 1, 0), to: Math.min(to + 1, doc.length) })),
    0,
  );
  const atomic = new RangeSetBuilder<Decoration>();
  for (const { from, to } of around) atomic.add(from, to, Decoration.mark({}));
  const locked = joined(
    [...hidden, ...readonly].map(({ from, to }) => ({ from: Math.max(from - 1, 0), to: Math.min(to + 1, doc.length) })),
    0,
  );
  return {
    ...regions,
    lines: Decoration.set(
      decorations.map(({ from, to, value }) => value.range(from, to)),
      true,
    ),
    atomic: atomic.finish(),
    locked: locked.flatMap(({ from, to }) => [from, to]),
  };
}

function mapped(regions: Regions, changes: ChangeDesc): Regions {
  const map = <Range extends Lines>(ranges: readonly Range[]) =>
    ranges.map((range) => ({ ...range, from: changes.mapPos(range.from, 1), to: changes.mapPos(range.to, -1) }));
  return { hidden: map(regions.hidden), readonly: map(regions.readonly), focus: map(regions.focus), folds: map(regions.folds) };
}

/** The nearest position that is seen. */
function visible({ hidden }: Shown, at: number, length: number): number {
  const inside = hidden.find(({ from, to }) => at >= from && at <= to);
  if (inside === undefined) return at;
  return inside.to < length ? inside.to + 1 : Math.max(inside.from - 1, 0);
}

/** Whether an edit would touch what cannot be edited. */
function isLocked({ locked }: Shown, from: number, to: number): boolean {
  for (let index = 0; index < locked.length; index += 2) {
    const [start, end] = [locked[index]!, locked[index + 1]!];
    if (from === to ? from > start && from < end : from < end && to > start) return true;
  }
  return false;
}

/**
 * The regions of a text. What the reader types is no mark: marks are read when the text is shown, and when somebody else
 * changes it, of which `isExternal` tells.
 */
export function regions(isExternal: (transaction: Transaction) => boolean): { extension: Extension; opening(state: EditorState): Opening } {
  const field = StateField.define<Shown>({
    create: (state) => shown(read(state.doc), state.doc),
    update(value, transaction) {
      if (!transaction.docChanged) return value;
      const { newDoc } = transaction;
      if (isExternal(transaction)) return shown(read(newDoc), newDoc);
      return value.hidden.length === 0 ? value : shown(mapped(value, transaction.changes), newDoc);
    },
    provide: (of) => [
      EditorView.decorations.from(of, ({ lines }) => lines),
      EditorView.atomicRanges.of((view) => view.state.field(of).atomic),
      EditorView.editorAttributes.compute([of], (state): Record<string, string> =>
        state.field(of).focus.length > 0 ? { class: 'cm-hasFocus' } : {},
      ),
    ],
  });
  const extension: Extension = [
    field,
    EditorState.changeFilter.of((transaction) => {
      const { locked } = transaction.startState.field(field);
      return locked.length === 0 || isExternal(transaction) ? true : locked;
    }),
    EditorState.transactionFilter.of((transaction) => {
      if (transaction.selection === undefined || transaction.docChanged) return transaction;
      const value = transaction.startState.field(field);
      const { anchor, head } = transaction.selection.main;
      if (value.hidden.length === 0 || transaction.selection.ranges.length > 1) return transaction;
      const to = { anchor: visible(value, anchor, transaction.newDoc.length), head: visible(value, head, transaction.newDoc.length) };
      return to.anchor === anchor && to.head === head ? transaction : [transaction, { selection: to, sequential: true }];
    }),
    EditorView.inputHandler.of((view, from, to) => {
      if (!isLocked(view.state.field(field), from, to)) return false;
      view.dispatch({ effects: EditorView.announce.of(saidBy(view.dom, () => editorStrings.readonlyPart)) });
      return true;
    }),
    codeFolding({
      preparePlaceholder: (state, range) =>
        state.field(field).folds.find(({ from, to }) => from === range.from && to === range.to)?.title ?? '',
      placeholderDOM(view, unfold, prepared) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'cm-foldPlaceholder';
        saidBy(view.dom, () => {
          button.textContent = editorStrings.foldedPart(prepared as string);
          button.setAttribute('aria-label', editorStrings.unfold(prepared as string));
        });
        button.onclick = unfold;
        return button;
      },
    }),
    keymap.of(foldKeymap),
  ];
  return {
    extension,
    opening(state) {
      const value = state.field(field);
      const start = value.focus[0]?.from ?? 0;
      return {
        at: visible(value, start, state.doc.length),
        effects: value.folds.map(({ from, to }) => foldEffect.of({ from, to })),
        isLocked: (from, to) => isLocked(value, from, to),
      };
    },
  };
}

/** How a text is shown first, and what of it cannot be edited. */
export interface Opening {
  /** Where the cursor is. */
  readonly at: number;
  readonly effects: readonly StateEffect<unknown>[];
  isLocked(from: number, to: number): boolean;
}
