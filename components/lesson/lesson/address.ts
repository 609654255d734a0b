/** The step in the page's address: `#step=name`, or `#id/name` for a lesson with an id. */

function prefixOf(id: string): string {
  return id === '' ? '#step=' : `#${id}/`;
}

/** The step that the address names. */
export function stepInAddress(id: string): string | undefined {
  const hash = location.hash;
  const prefix = prefixOf(id);
  if (!hash.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(hash.slice(prefix.length));
  } catch {
    return undefined; // Cut short by whoever sent it.
  }
}

/** Makes it the address: a new entry of the history where the reader went there. */
export function showInAddress(id: string, step: string, { replace }: { readonly replace: boolean }): void {
  const hash = `${prefixOf(id)}${encodeURIComponent(step)}`;
  if (location.hash === hash) return;
  if (replace) history.replaceState(history.state, '', hash);
  else history.pushState(null, '', hash);
}
