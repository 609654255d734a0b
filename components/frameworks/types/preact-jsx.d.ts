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
  namespace JSX {
    interface IntrinsicElements extends BvIntrinsicElements {}
  }
}
