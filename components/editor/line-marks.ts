/** Lines that are marked by the author or by a check: highlights, and annotations under their line. */
import { RangeSet, StateEffect, StateField } from '@codemirror/state';
import type { EditorState, Extension, Range } from '@codemirror/state';
import { Decoration, EditorView, GutterMarker, WidgetType, gutterLineClass } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';
import { saidBy } from '../shared/language.ts';
import type { EditorAnnotation } from './annotation.ts';
import { editorStrings } from './editor-strings.ts';

export interface LineMarks {
  /** Lines, counted from 1. */
  readonly highlighted: readonly number[];
  readonly annotations: readonly EditorAnnotation[];
}

const severities = ['error', 'warning', 'info'] as const;
type Severity = (typeof severities)[number];

function severityOf({ severity = 'info' }: EditorAnnotation): Severity {
  return severities.includes(severity) ? severity : 'info';
}

/** An annotation as it is read and heard. */
export function textOf(annotation: EditorAnnotation): string {
  switch (severityOf(annotation)) {
    case 'error':
      return editorStrings.annotationError(annotation.message);
    case 'warning':
      return editorStrings.annotationWarning(annotation.message);
    case 'info':
      return editorStrings.annotationInfo(annotation.message);
  }
}

class AnnotationWidget extends WidgetType {
  readonly #annotation: EditorAnnotation;

  constructor(annotation: EditorAnnotation) {
    super();
    this.#annotation = annotation;
  }

  override eq(other: AnnotationWidget): boolean {
    const { message, severity } = other.#annotation;
    return message === this.#annotation.message && severity === this.#annotation.severity;
  }

  override toDOM({ dom }: EditorView): HTMLElement {
    const element = document.createElement('div');
    element.className = `cm-annotation cm-severity-${severityOf(this.#annotation)}`;
    element.setAttribute('role', 'note');
    element.textContent = saidBy(dom, () => textOf(this.#annotation));
    return element;
  }
}

class SeverityMarker extends GutterMarker {
  override elementClass: string;

  constructor(severity: Severity) {
    super();
    this.elementClass = `cm-severity-${severity}`;
  }
}

const markers: Record<Severity, GutterMarker> = {
  error: new SeverityMarker('error'),
  warning: new SeverityMarker('warning'),
  info: new SeverityMarker('info'),
};

interface Shown {
  readonly lines: DecorationSet;
  readonly gutter: RangeSet<GutterMarker>;
}

const highlight = Decoration.line({ class: 'cm-highlightLine' });

function shown({ highlighted, annotations }: LineMarks, { doc }: EditorState): Shown {
  const exists = (line: number) => Number.isInteger(line) && line >= 1 && line <= doc.lines;
  const decorations: Range<Decoration>[] = highlighted.filter(exists).map((line) => highlight.range(doc.line(line).from));
  const gutter: Range<GutterMarker>[] = [];
  for (const annotation of annotations) {
    if (!exists(annotation.line)) continue;
    const { from, to } = doc.line(annotation.line);
    decorations.push(Decoration.widget({ widget: new AnnotationWidget(annotation), block: true, side: 1 }).range(to));
    gutter.push(markers[severityOf(annotation)].range(from));
  }
  return { lines: Decoration.set(decorations, true), gutter: RangeSet.of(gutter, true) };
}

const setMarks = StateEffect.define<LineMarks>();

const field = StateField.define<Shown>({
  create: () => ({ lines: Decoration.none, gutter: RangeSet.empty }),
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged) next = { lines: value.lines.map(transaction.changes), gutter: value.gutter.map(transaction.changes) };
    for (const effect of transaction.effects) if (effect.is(setMarks)) next = shown(effect.value, transaction.state);
    return next;
  },
  provide: (of) => [EditorView.decorations.from(of, ({ lines }) => lines), gutterLineClass.from(of, ({ gutter }) => gutter)],
});

export const lineMarks: Extension = field;

export function markLines(view: EditorView, marks: LineMarks): void {
  view.dispatch({ effects: setMarks.of(marks) });
}
