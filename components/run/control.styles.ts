import { css } from 'lit';

/** A button that can stand in a line of text. */
export const styles = css`
  :host {
    display: inline-block;
    vertical-align: middle;
  }
  :host([hidden]) {
    display: none;
  }
  button {
    /* Wide enough for either word, so that nothing moves when it changes. */
    min-inline-size: 5.5rem;
  }
  .message {
    margin: 0;
    font-size: 0.875rem;
    color: var(--_danger);
  }
  @media print {
    :host {
      display: none;
    }
  }
`;
