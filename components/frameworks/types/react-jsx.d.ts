/** Our tags in the JSX of React 19. */
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { BvElements } from './elements.js';
import type {} from './react-pre.js';

type Handlers<Events> = { [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void };

type Props<Tag extends keyof BvElements> = Omit<
  DetailedHTMLProps<HTMLAttributes<BvElements[Tag]['element']>, BvElements[Tag]['element']>,
  keyof (BvElements[Tag]['attributes'] & BvElements[Tag]['properties'])
> &
  BvElements[Tag]['attributes'] &
  BvElements[Tag]['properties'] &
  Handlers<BvElements[Tag]['events']> & { class?: string };

export type BvIntrinsicElements = { [Tag in keyof BvElements]: Props<Tag> };

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends BvIntrinsicElements {}
  }
}
