/** Our tags in the JSX of Solid. */
import type { JSX } from 'solid-js';
import type { BvElements } from './elements.js';

type Handlers<Events> = { [Name in keyof Events & string as `on:${Name}`]?: (event: Events[Name]) => void };
type Forced<Properties> = { [Name in keyof Properties & string as `prop:${Name}`]?: Properties[Name] };

type Props<Tag extends keyof BvElements> = Omit<
  JSX.HTMLAttributes<BvElements[Tag]['element']>,
  keyof (BvElements[Tag]['attributes'] & BvElements[Tag]['properties'])
> &
  BvElements[Tag]['attributes'] &
  BvElements[Tag]['properties'] &
  Forced<BvElements[Tag]['properties']> &
  Handlers<BvElements[Tag]['events']>;

export type BvIntrinsicElements = { [Tag in keyof BvElements]: Props<Tag> };

declare module 'solid-js' {
  namespace JSX {
    interface HTMLAttributes<T> {
      /** Of a `<pre>` in a container: where its text is in the project. Of other elements nothing is said. */
      path?: T extends HTMLPreElement ? string | undefined : unknown;
    }
    interface IntrinsicElements extends BvIntrinsicElements {}
  }
}
