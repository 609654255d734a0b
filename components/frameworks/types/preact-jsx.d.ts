/** Our tags in the JSX of Preact. */
import type { HTMLAttributes } from 'preact';
import type { BvElements } from './elements.js';

type Handlers<Events> = { [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void };

type Props<Tag extends keyof BvElements> = Omit<
  HTMLAttributes<BvElements[Tag]['element']>,
  keyof (BvElements[Tag]['attributes'] & BvElements[Tag]['properties'])
> &
  BvElements[Tag]['attributes'] &
  BvElements[Tag]['properties'] &
  Handlers<BvElements[Tag]['events']>;

export type BvIntrinsicElements = { [Tag in keyof BvElements]: Props<Tag> };

declare module 'preact' {
  interface HTMLAttributes<RefType extends EventTarget = EventTarget> {
    /** Of a `<pre>` in a container: where its text is in the project. Of other elements nothing is said. */
    path?: RefType extends HTMLPreElement ? string | undefined : unknown;
  }
  namespace JSX {
    interface IntrinsicElements extends BvIntrinsicElements {}
  }
}
