import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    margin-block: var(--_gap);
    --_success: light-dark(#0b6b34, #7bd89b);
  }
  :host([hidden]) {
    display: none;
  }
  .check {
    display: grid;
    grid-template-columns: 1.25rem minmax(0, 1fr);
    gap: var(--_gap);
    padding: var(--_gap);
    border: 1px solid var(--_border);
    border-inline-start: 4px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_background);
  }
  svg {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin-block-start: 0.125rem;
    fill: none;
    stroke: var(--_muted);
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .passed {
    border-inline-start-color: var(--_success);
  }
  .passed svg {
    stroke: var(--_success);
  }
  .failed,
  .broken {
    border-inline-start-color: var(--_danger);
  }
  .failed svg,
  .broken svg {
    stroke: var(--_danger);
  }
  .running svg {
    animation: turn 1s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  p,
  dl,
  dd {
    margin: 0;
  }
  .wanted {
    overflow-wrap: anywhere;
  }
  .status {
    font-size: 0.8125rem;
    color: var(--_muted);
    white-space: nowrap;
  }
  .passed .status {
    color: var(--_success);
  }
  .failed .status,
  .broken .status {
    color: var(--_danger);
  }
  dl {
    font-size: 0.9375rem;
  }
  dt {
    display: inline;
    color: var(--_muted);
  }
  dd {
    display: inline;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  @media (forced-colors: active) {
    :host {
      --_success: CanvasText;
    }
  }
`;
