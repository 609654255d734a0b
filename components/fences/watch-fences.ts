/** Makes the fences of a page live, those that come later too. `define.ts` loads this where the script tag has `data-auto`. */
import './bv-fence.ts';
import { BvFence } from './fence-element.ts';
import { fenceOf, fencesIn } from './fence-markup.ts';
import type { Fence } from './fence-markup.ts';
import { pageOptions } from './fence-options.ts';
import { FenceSession, settingsOf } from './fence-session.ts';
import type { SessionSettings } from './fence-session.ts';

/** Follows a page until `stop()`. */
export class PageFences {
  readonly #root: Document;
  readonly #shared: boolean;
  readonly #marked: boolean;
  readonly #settings: SessionSettings;
  readonly #made = new Map<HTMLElement, BvFence>();
  readonly #sessions = new Map<string, FenceSession>();
  readonly #observer = new MutationObserver((records) => {
    if (records.some(({ target }) => !(target instanceof Element) || target.closest('bv-container, bv-lesson') === null)) this.#later();
  });
  #scheduled = false;
  #address = '';

  constructor(root: Document, words: string, settings: SessionSettings = {}) {
    const { shared, marked } = pageOptions(words);
    this.#root = root;
    this.#shared = shared;
    this.#marked = marked;
    this.#settings = settings;
    this.scan();
    this.#observer.observe(root.documentElement, { childList: true, subtree: true });
  }

  /** Leaves the page as it was. */
  stop(): void {
    this.#observer.disconnect();
    for (const made of this.#made.values()) made.remove();
    this.#made.clear();
  }

  /** Once for all changes of a task: frameworks make thousands. */
  #later(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.scan();
    });
  }

  /** Looks at the page again. */
  scan(): void {
    for (const [block, made] of this.#made) {
      const at = made.isConnected && block.isConnected && made.previousElementSibling === block;
      if (at && [...(block.localName === 'pre' ? [block] : block.querySelectorAll('pre'))].some((pre) => fenceOf(pre)?.block === block))
        continue;
      made.remove();
      this.#made.delete(block);
    }
    // Another page of the site, shown without loading: its fences are strangers to those before.
    const address = this.#root.location.pathname;
    if (address !== this.#address && this.#made.size === 0) this.#sessions.clear();
    this.#address = address;
    const fences = fencesIn(this.#root);
    const pages = new Set(fences.flatMap(({ kind, options }) => (kind === 'page' ? [this.#nameOf(options)] : [])));
    for (const fence of fences) {
      const { kind, options, block } = fence;
      if (this.#made.has(block) || (this.#marked && !options.run)) continue;
      const name = this.#nameOf(options);
      // Alone there is nothing that would use it.
      if (kind === 'file' && name === undefined) continue;
      if (kind === 'style' && (name === undefined || !pages.has(name))) continue;
      this.#make(fence, name);
    }
  }

  #nameOf({ session }: Fence['options']): string | undefined {
    return session ?? (this.#shared ? '' : undefined);
  }

  #make(fence: Fence, name: string | undefined): void {
    const session = (name === undefined ? undefined : this.#sessions.get(name)) ?? new FenceSession(this.#settings);
    if (name !== undefined) this.#sessions.set(name, session);
    const made = new BvFence();
    made.use(fence, session);
    this.#made.set(fence.block, made);
    fence.block.after(made);
  }
}

/** @param script The tag whose `data-auto` asks for it, and whose other attributes are the settings of the containers. */
export function watchFences(script: HTMLElement): PageFences {
  return new PageFences(document, script.dataset['auto'] ?? '', settingsOf(script));
}
