import { css } from 'lit';

/**
 * For an element whose layout depends on its width, which is why it has none of its own by its contents: it is as wide as its parent, and in
 * a parent that shrinks to what it holds (a flex item, a float) as wide as there is room, up to 60rem. Its contents stand in `.room`.
 */
export const room = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 60rem) minmax(0, 1fr);
    align-content: start;
  }
  :host([hidden]) {
    display: none;
  }
  .room {
    grid-column: 1 / -1;
    container-type: inline-size;
  }
`;
