import { css } from 'lit';

export const styles = css`
  :host {
    --_success: light-dark(#0b6b34, #7bd89b);
  }
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
  }
  .text,
  .work {
    min-inline-size: 0;
  }
  .work {
    padding: var(--_gap);
    background: var(--_surface);
    border-block-start: 1px solid var(--_border);
  }
  .prose {
    padding: calc(2 * var(--_gap));
  }
  summary {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--_gap);
    padding: 0.625rem calc(2 * var(--_gap));
    min-block-size: 2.75rem;
    cursor: pointer;
  }
  /* The marker of a flex box is ours. */
  summary::before {
    content: '';
    align-self: center;
    inline-size: 0.5rem;
    block-size: 0.5rem;
    border: solid;
    border-width: 0 2px 2px 0; /* Down, in every direction of text. */
    transform: translateY(-25%) rotate(45deg);
  }
  details[open] > summary::before {
    transform: translateY(25%) rotate(225deg);
  }
  summary::-webkit-details-marker {
    display: none;
  }
  nav summary {
    background: var(--_surface);
    border-block-end: 1px solid var(--_border);
  }
  .place,
  .group,
  .state,
  .why {
    font-size: 0.8125rem;
    color: var(--_muted);
  }
  summary .name {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  ol {
    margin: 0;
    padding: var(--_gap);
    list-style: none;
    border-block-end: 1px solid var(--_border);
  }
  .group {
    display: block;
    padding: var(--_gap) var(--_gap) 0;
  }
  ol button {
    display: grid;
    grid-template-columns: 1.75rem minmax(0, 1fr) auto;
    align-items: center;
    gap: var(--_gap);
    inline-size: 100%;
    padding: 0.375rem var(--_gap);
    min-block-size: 2.75rem;
    border-color: transparent;
    text-align: start;
  }
  ol button[aria-current] {
    font-weight: 600;
    background: var(--_surface);
    border-color: var(--_border);
  }
  ol button[aria-disabled='true'] {
    opacity: 1;
  }
  .mark {
    display: grid;
    place-items: center;
    inline-size: 1.75rem;
    block-size: 1.75rem;
    border: 1px solid var(--_border);
    border-radius: 50%;
    font-size: 0.8125rem;
  }
  .done .mark {
    border-color: var(--_success);
    color: var(--_success);
  }
  svg {
    inline-size: 1rem;
    block-size: 1rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .message,
  .notice {
    margin: 0;
    padding: var(--_gap) calc(2 * var(--_gap));
    border-block-end: 1px solid var(--_border);
    border-inline-start: 4px solid var(--_accent);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .message {
    border-inline-start-color: var(--_danger);
  }
  .notice {
    font-size: 0.9375rem;
    white-space: normal;
  }
  .notice p,
  .asks p,
  .said p {
    margin: 0;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_gap);
    margin-block-start: 0.25rem;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_gap);
    padding: var(--_gap) calc(2 * var(--_gap));
    border-block-start: 1px solid var(--_border);
  }
  /* Wide enough for all words, so that nothing moves when they change. */
  .check {
    min-inline-size: 7rem;
  }
  .next {
    margin-inline-start: auto;
  }
  .why {
    flex-basis: 100%;
    margin: 0;
    text-align: end;
  }
  .said {
    padding: 0 calc(2 * var(--_gap));
    font-size: 0.9375rem;
    min-block-size: 1.5em;
  }
  .reset summary {
    font-size: 0.875rem;
    color: var(--_muted);
  }
  .reset > .buttons,
  .asks {
    padding: 0 calc(2 * var(--_gap)) var(--_gap);
    margin: 0;
  }
  @media (forced-colors: active) {
    :host {
      --_success: CanvasText;
    }
  }
  @container (min-width: 60rem) {
    section {
      grid-template-columns: minmax(20rem, 5fr) minmax(0, 7fr);
      align-items: stretch;
    }
    .work {
      border-block-start: 0;
      border-inline-start: 1px solid var(--_border);
    }
    /* The shorter one stays in view. */
    .text,
    .work slot {
      display: block;
      align-self: start;
      position: sticky;
      inset-block-start: var(--bv-lesson-top, 0);
    }
  }
  @media print {
    nav,
    .actions,
    .said,
    .buttons,
    .reset {
      display: none;
    }
    section {
      display: block;
    }
    .work {
      padding: 0;
      border: 0 !important;
    }
  }
`;
