/** Our elements as React components. Importing it defines the elements, which are late ones until a page has them. */
import type { ForwardRefExoticComponent, HTMLAttributes, ReactNode, RefAttributes } from 'react';
import type { BvElements } from './elements.js';
import type {} from './react-pre.js';

type Pascal<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${Capitalize<First>}${Pascal<Rest>}` : Capitalize<Name>;
type Handlers<Events> = { [Name in keyof Events & string as `on${Pascal<Name>}`]?: (event: Events[Name]) => void };

type Component<Tag extends keyof BvElements> = ForwardRefExoticComponent<
  Omit<HTMLAttributes<BvElements[Tag]['element']>, keyof BvElements[Tag]['properties']> &
    BvElements[Tag]['attributes'] &
    BvElements[Tag]['properties'] &
    Handlers<BvElements[Tag]['events']> & { children?: ReactNode; slot?: string } & RefAttributes<BvElements[Tag]['element']>
>;
