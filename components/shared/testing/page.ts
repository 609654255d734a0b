/** A page for tests of elements: markup, and what leaves a test clean. */
import { setAssetBase } from '../../../runtime/index.ts';
import '../../define.ts';

setAssetBase('/dist/');

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
