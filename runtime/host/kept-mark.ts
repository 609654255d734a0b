/**
 * That files were kept under a name, noted beside them: Chromium deletes a database that it finds damaged, as it may be where the whole
 * browser was killed, and finding nothing there is otherwise like a first visit. A page that has no `localStorage` learns nothing.
 */
const keyOf = (name: string) => `bavini:kept:${name}`;

export function hasKeptMark(name: string): boolean {
  try {
    return localStorage.getItem(keyOf(name)) !== null;
  } catch {
    return false; // The page may not use its storage.
  }
}

export function setKeptMark(name: string, kept: boolean): void {
  try {
    if (kept) localStorage.setItem(keyOf(name), '');
    else localStorage.removeItem(keyOf(name));
  } catch {
    // Forbidden, or full: then it cannot be told of.
  }
}
