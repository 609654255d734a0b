/** The script a page loads: registers all elements. The runtime's API itself is `index.js`, loaded when it is first needed. */
import { BvContainer, BvEditor, BvPreview, BvTerminal } from './index.ts';
import { startFences } from './fences/auto-script.ts';
import { loadPageLanguage } from './languages.ts';
import { discover } from './lazy-elements.ts';

export * from './index.ts';

/** A page may have two copies of the script, of which the first serves. */
function define(tag: string, element: CustomElementConstructor): void {
  if (customElements.get(tag) === undefined) customElements.define(tag, element);
}

async function start(): Promise<void> {
  // Files in the page's address are read before an element is defined, so that nothing boots without them.
  const isLinked = () => location.hash.startsWith('#bv=');
  const readLink = () => import('./share/open-link.ts').then((module) => module.readLink());
  const noLink = (error: unknown) => console.warn(`bavini: Cannot open the link: ${String(error)}`);
  const useLink = isLinked() ? await readLink().catch(noLink) : undefined;
  // So is the page's language: else its words would come later, and move what is beside them.
  await loadPageLanguage();

  define('bv-container', BvContainer);
  define('bv-editor', BvEditor);
  define('bv-terminal', BvTerminal);
  define('bv-preview', BvPreview);

  discover(document);
  useLink?.().catch(noLink);
  window.addEventListener('hashchange', () => {
    if (isLinked())
      readLink()
        .then((use) => use())
        .catch(noLink);
  });
  // The fences stay as they are, which is what a page without scripts shows.
  startFences(import.meta.url).catch((error: unknown) => console.warn(`bavini: ${(error as Error).message}`));
}

// On a server, where a framework renders the page, there is nothing to do.
if (typeof document !== 'undefined') await start();
