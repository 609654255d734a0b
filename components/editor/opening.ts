import type { ContainerHost } from '../shared/container-controller.ts';
import type { BvOpenEvent } from '../shared/events.ts';
import type { BvEditor } from './editor-element.ts';

const editors = new WeakMap<ContainerHost, Set<BvEditor>>();

/** An editor of `host`, until the returned function is called. */
export function registerEditor(host: ContainerHost, editor: BvEditor): () => void {
  const found = editors.get(host) ?? new Set();
  editors.set(host, found.add(editor));
  return () => found.delete(editor);
}

/** Each editor hears of it; one answers: that has the file open, else that has tabs, else the first of the page. */
export function answerOpening(host: ContainerHost, event: BvOpenEvent): void {
  if (event.defaultPrevented) return;
  const inOrder = [...(editors.get(host) ?? [])].sort((one, other) =>
    one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  );
  const chosen = inOrder.find((one) => one.shows(event.file)) ?? inOrder.find((one) => one.files !== '') ?? inOrder[0];
  if (chosen === undefined) return;
  event.preventDefault();
  void chosen.reveal(event.file, event.line, event.column, { keepFocus: event.keepFocus });
}
