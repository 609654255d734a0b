/** Our tags in the markup of Svelte. */
import type { HTMLAttributes } from 'svelte/elements';
import type { BvElements } from './elements.js';

/** `onbv-run` of Svelte 5, `on:bv-run` before. */
type Handlers<Events> = { [Name in keyof Events & string as `on${Name}` | `on:${Name}`]?: (event: Events[Name]) => void };

type Props<Tag extends keyof BvElements> = Omit<
  HTMLAttributes<BvElements[Tag]['element']>,
  keyof (BvElements[Tag]['attributes'] & BvElements[Tag]['properties'])
> &
  BvElements[Tag]['attributes'] &
  BvElements[Tag]['properties'] &
  Handlers<BvElements[Tag]['events']>;

export type BvSvelteElements = { [Tag in keyof BvElements]: Props<Tag> };

declare module 'svelte/elements' {
  interface HTMLAttributes<T extends EventTarget> {
    /** Of a `<pre>` in a container: where its text is in the project. Of other elements nothing is said. */
    path?: T extends HTMLPreElement ? string | undefined : unknown;
  }
  interface SvelteHTMLElements extends BvSvelteElements {}
}
