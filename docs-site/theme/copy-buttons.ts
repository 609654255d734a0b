/** A button for each block of code; its result is told. */
export function copyButtons(document: Document): void {
  if (navigator.clipboard === undefined) return; // Not a secure context: selecting works as ever.
  for (const code of document.querySelectorAll<HTMLElement>('pre.code:not([data-bv])')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(code.textContent.trimEnd()).then(
        () => (button.textContent = 'Copied'),
        () => (button.textContent = 'Not allowed'),
      );
    });
    button.addEventListener('blur', () => (button.textContent = 'Copy'));
    const frame = document.createElement('div');
    frame.className = 'copyable';
    code.replaceWith(frame);
    frame.append(code, button);
  }
}
