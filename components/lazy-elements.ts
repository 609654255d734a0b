/**
 * Elements that are loaded when a page has one: `define.ts` calls {@link discover} on the page, a container on the root it is in.
 */
import { BvErrorEvent } from './shared/events.ts';
import { loadPart } from './shared/load-part.ts';

/** Each module defines its element. One line per element. */
const modules: Readonly<Record<string, () => Promise<unknown>>> = {
  'bv-files': () => import('./files/bv-files.ts'),
  'bv-layout': () => import('./layout/bv-layout.ts'),
  'bv-lesson': () => import('./lesson/lesson/bv-lesson.ts'),
  'bv-output': () => import('./output/bv-output.ts'),
  'bv-reset': () => import('./run/bv-reset.ts'),
  'bv-run': () => import('./run/bv-run.ts'),
  'bv-share': () => import('./share/bv-share.ts'),
  'bv-status': () => import('./status/bv-status.ts'),
  'bv-tabs': () => import('./tabs/bv-tabs.ts'),
};

const selector = Object.keys(modules)
  .map((tag) => `${tag}:not(:defined)`)
  .join();

const loading = new Map<string, Promise<void>>();

function load(element: Element): void {
  const tag = element.localName;
  const module = Object.hasOwn(modules, tag) ? modules[tag] : undefined;
  if (module === undefined || customElements.get(tag) !== undefined) return;
  let started = loading.get(tag);
  if (started === undefined) {
    started = loadPart(`<${tag}>`, module).then(() => undefined);
    loading.set(tag, started);
    started.catch(() => loading.delete(tag)); // The next one of its kind tries again.
  }
  started.catch((error: unknown) => element.dispatchEvent(new BvErrorEvent(error)));
}

const observed = new WeakSet<Node>();

/**
 * Loads the elements of ours that are in `root`, and those that come into it later. Elements in shadow roots are found where
 * a container is in the same root; for others, call this with the shadow root.
 */
export function discover(root: Document | ShadowRoot): void {
  if (observed.has(root) || selector === '') return;
  observed.add(root);
  for (const element of root.querySelectorAll(selector)) load(element);
  new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        load(node);
        for (const element of node.querySelectorAll(selector)) load(element);
      }
  }).observe(root, { childList: true, subtree: true });
}
