/**
 * The page for addresses that do not exist. A static host shows it at any depth below a root that it does not know, so it looks for
 * the root: the closest folder above the missing page that has the site's own icon.
 */
async function findRoot(): Promise<URL | undefined> {
  for (let folder = new URL('./', location.href); ; folder = new URL('../', folder)) {
    const response = await fetch(new URL('assets/icon.svg', folder), { method: 'HEAD' }).catch(() => undefined);
    if (response?.ok === true && response.headers.get('content-type')?.includes('svg') === true) return folder;
    if (folder.pathname === '/') return undefined;
  }
}

void findRoot().then((root) => {
  if (root === undefined) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-to]')) {
    link.href = new URL(link.dataset['to']!, root).href;
    link.hidden = false;
  }
});
