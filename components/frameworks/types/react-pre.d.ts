/** Files of a container in the JSX of React: `<pre path="main.js">`. */
import type {} from 'react';

declare module 'react' {
  interface HTMLAttributes<T> {
    /** Of a `<pre>` in a container: where its text is in the project. Of other elements nothing is said. */
    path?: T extends HTMLPreElement ? string | undefined : unknown;
  }
}
