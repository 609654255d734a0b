import { css } from 'lit';

export const styles = css`
  :host {
    display: inline-block;
    vertical-align: middle;
  }
  :host([hidden]) {
    display: none;
  }
  .message {
    margin: 0;
    font-size: 0.875rem;
    color: var(--_danger);
  }
  dialog {
    inline-size: min(34rem, calc(100vw - 2rem));
    max-block-size: calc(100dvh - 2rem);
    padding: 1rem;
    color: var(--_text);
    background: var(--_background);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    overflow: auto;
    text-align: start;
    white-space: normal;
  }
  dialog::backdrop {
    background: #00000080;
  }
  .head,
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_gap);
  }
  .head {
    justify-content: space-between;
  }
  h2 {
    margin: 0;
    font-size: 1.125rem;
  }
  h3 {
    margin: 1rem 0 0.5rem;
    font-size: 0.875rem;
  }
  p {
    margin: 0.5rem 0 0;
    font-size: 0.875rem;
    color: var(--_muted);
  }
  /* Its height is kept free, so that the link does not move what is below when it is there. */
  .help {
    min-block-size: 3em;
  }
  input {
    flex: 1 1 12rem;
    min-inline-size: 0;
    min-block-size: 2rem;
    padding-inline: 0.5rem;
    font: 0.8125rem var(--_code-font);
    color: var(--_text);
    background: var(--_surface);
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) - 2px);
    direction: ltr;
  }
  @media (pointer: coarse) {
    button,
    input {
      min-block-size: 2.75rem;
    }
  }
  @media print {
    :host {
      display: none;
    }
  }
`;
