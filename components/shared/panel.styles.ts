import { css } from 'lit';

/** The box that each element is, alone or as a pane of a container. */
export const panel = css`
  :host {
    display: block;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_background);
    overflow: clip;
  }
  :host([hidden]) {
    display: none;
  }
  .message {
    margin: 0;
    padding: var(--_gap);
    color: var(--_danger);
  }
`;
