import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    font-size: 0.875rem;
  }
  :host([hidden]) {
    display: none;
  }
  .now {
    display: flex;
    align-items: center;
    gap: var(--_gap);
    margin: 0;
    min-block-size: 2rem;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .now::before {
    content: '';
    flex: none;
    inline-size: 0.625rem;
    block-size: 0.625rem;
    border: 2px solid var(--_muted);
    border-radius: 50%;
  }
  .now.running::before {
    background: light-dark(#0b6b35, #9fd6a0);
    border-color: light-dark(#0b6b35, #9fd6a0);
  }
  .now.booting::before {
    border-color: var(--_accent);
    border-block-start-color: transparent;
    animation: turn 1s linear infinite;
  }
  .now.failed::before {
    background: var(--_danger);
    border-color: var(--_danger);
    border-radius: 0;
  }
  @media (forced-colors: active) {
    .now.running::before {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  summary {
    cursor: pointer;
    min-block-size: 1.5rem;
  }
  @media (pointer: coarse) {
    summary {
      padding-block: 0.75rem;
    }
  }
  .scrolls {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    inline-size: 100%;
  }
  caption,
  h3 {
    margin: 0;
    padding-block: var(--_gap) 0.25rem;
    font-size: 0.875rem;
    font-weight: 600;
    text-align: start;
  }
  th,
  td {
    padding: 0.25rem var(--_gap);
    border-block-end: 1px solid var(--_border);
    text-align: start;
    vertical-align: top;
  }
  td code {
    font-family: var(--_code-font);
    direction: ltr;
    unicode-bidi: isolate;
    overflow-wrap: anywhere;
  }
  th {
    font-weight: 600;
    color: var(--_muted);
  }
  @media print {
    :host {
      display: none;
    }
  }
  .number {
    text-align: end;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
`;
