/** A page for tests of elements: markup, and what leaves a test clean. */
import { setAssetBase } from '../../../runtime/index.ts';
import { LeakCheck } from '../../../runtime/testing/leak-check.ts';
import '../../define.ts';

setAssetBase('/dist/');

const leaks = LeakCheck.install();

// At the end of each file: what the runtime keeps for the page is its kernel, a resting worker of the shell, and who listens for
// refusals. Addresses of what was saved last a while longer, and ports that frames of previews were given look as if they were kept.
after(async () => {
  clear();
  await leaks.settled({ workers: 2, ports: Infinity, objectUrls: Infinity, frames: 0, listeners: 4 });
});

export { assertAccessible } from './axe.ts';

/** Puts markup into the page; the elements in it have rendered. */
export async function show(markup: string): Promise<HTMLElement> {
  const place = document.createElement('main');
  place.innerHTML = markup;
  document.body.append(place);
  await rendered(place);
  return place;
}

/** All elements in `place` have rendered what they know. */
export async function rendered(place: Element): Promise<void> {
  for (const element of place.querySelectorAll('*')) await (element as Partial<{ updateComplete: Promise<unknown> }>).updateComplete;
}

/** Empties the page and what it keeps. */
export function clear(): void {
  document.body.replaceChildren();
  document.documentElement.removeAttribute('data-theme');
  document.documentElement.removeAttribute('dir');
  for (const key of Object.keys(localStorage)) if (key.startsWith('bavini:')) localStorage.removeItem(key);
}

/** Looks at each frame until `condition` holds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 90_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The next event of `type` that reaches `target`. */
export function next<E extends Event>(target: EventTarget, type: string): Promise<E> {
  return new Promise((resolve) => target.addEventListener(type, (event) => resolve(event as E), { once: true }));
}

/** In the shadow root of `element`. */
export function inside<E extends HTMLElement>(element: Element, selector: string): E {
  const found = element.shadowRoot?.querySelector<E>(selector);
  if (found === null || found === undefined) throw new Error(`<${element.localName}> has no ${selector}`);
  return found;
}
