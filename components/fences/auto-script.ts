import { pageIdle } from '../shared/schedule.ts';
import { loadPart } from '../shared/load-part.ts';

/** The script tag of this package with `data-auto`: a module has no `document.currentScript`. `url` is the module's own. */
export function autoScript(url: string): HTMLScriptElement | undefined {
  const found = [...document.querySelectorAll<HTMLScriptElement>('script[data-auto]')];
  // Hosts that redirect, and bundlers, give the module another address than the tag has.
  return (
    found.find(({ src }) => src === url) ??
    found.find(({ src }) => /\bbavini\b/.test(src)) ??
    found.find(({ src }) => src !== '' && url.startsWith(new URL('.', src).href))
  );
}

/** Where it is asked for, makes the page's code fences live once the page has loaded: frameworks take over their markup until then. */
export async function startFences(url: string): Promise<void> {
  const script = autoScript(url);
  if (script === undefined) return;
  await pageIdle(new AbortController().signal);
  const { watchFences } = await loadPart('<bv-fence>', () => import('./watch-fences.ts'));
  watchFences(script);
}
