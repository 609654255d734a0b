/** Our tags in the templates of Vue. */
import type { HTMLAttributes } from 'vue';
import type { BvElements } from './elements.js';

/** Templates are checked by one of the names or the other, which depends on the tools. */
type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;
type Handlers<Events> = { [Name in keyof Events & string as `on${Capitalize<Name>}`]?: (event: Events[Name]) => void } & {
  [Name in keyof Events & string as `on${Capitalize<Camel<Name>>}`]?: (event: Events[Name]) => void;
};

type Props<Tag extends keyof BvElements> = Omit<HTMLAttributes, keyof (BvElements[Tag]['attributes'] & BvElements[Tag]['properties'])> &
  BvElements[Tag]['attributes'] &
  BvElements[Tag]['properties'] &
  Handlers<BvElements[Tag]['events']>;

export type BvGlobalComponents = { [Tag in keyof BvElements]: new () => { $props: Props<Tag> } };

declare module 'vue' {
  interface GlobalComponents extends BvGlobalComponents {}
  interface HTMLAttributes {
    /** Of a `<pre>` in a container: where its text is in the project. */
    path?: string;
  }
}
