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

/** The files of a container: `<pre path="main.js">`. Of other elements nothing is said. */
type PathOf<Element> = Element extends HTMLPreElement ? string | undefined : unknown;

declare module 'preact' {
  interface HTMLAttributes<RefType extends EventTarget = EventTarget> {
    path?: PathOf<RefType>;
  }
  namespace JSX {
    /** Where Preact 10 has them. */
    interface HTMLAttributes<RefType extends EventTarget = EventTarget> {
      path?: PathOf<RefType>;
    }
    interface IntrinsicElements extends BvIntrinsicElements {}
  }
}
