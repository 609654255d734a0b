/** Puts `text` on the clipboard. To be called while a reader's action is handled. False where the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text); // No permission, no secure context, or a frame whose page does not delegate it.
  }
}

function copySelected(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.style.cssText = 'position: fixed; inset-block-start: 0; opacity: 0';
  const before = focused();
  // A modal dialog makes all outside of it inert.
  (before?.closest('dialog') ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
    before?.focus({ preventScroll: true });
  }
}

function focused(): HTMLElement | undefined {
  let at = document.activeElement;
  for (let inner = at; inner !== null; inner = inner.shadowRoot?.activeElement ?? null) at = inner;
  return at instanceof HTMLElement ? at : undefined;
}
