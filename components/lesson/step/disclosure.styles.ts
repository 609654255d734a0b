import { css } from 'lit';

/** What opens on demand: hints, solutions. */
export const disclosure = css`
  :host {
    display: block;
    margin-block: var(--_gap);
  }
  :host([hidden]) {
    display: none;
  }
  details {
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  summary {
    padding: var(--_gap);
    min-block-size: 2.5rem;
    font-weight: 600;
    border-radius: inherit;
    cursor: pointer;
  }
  .content {
    padding: 0 var(--_gap) var(--_gap);
    overflow-wrap: anywhere;
  }
  .content > :first-child,
  ::slotted(:first-child) {
    margin-block-start: 0;
  }
  ::slotted(:last-child) {
    margin-block-end: 0;
  }
  @media (pointer: coarse) {
    summary {
      padding-block: 0.625rem;
      min-block-size: 2.75rem;
    }
  }
`;
