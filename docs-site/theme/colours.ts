/** Runs before the page is painted: the colours that the reader chose on another page. */
let kept: string | null = null;
try {
  kept = localStorage.getItem('bavini-docs-colours');
} catch {
  // A browser that keeps nothing: the system's colours.
}
if (kept === 'light' || kept === 'dark') document.documentElement.dataset['theme'] = kept;
