import { css } from 'lit';

export const styles = css`
  :host {
    display: grid;
    grid-template-rows: minmax(0, 1fr);
    block-size: var(--bv-output-block-size, 16rem);
    min-inline-size: 0;
    --_red: light-dark(#a50e0e, #ff9d97);
    --_green: light-dark(#0b6b35, #9fd6a0);
    --_yellow: light-dark(#7a4f00, #f4c67f);
    --_blue: light-dark(#0b4fb3, #93bcfb);
    --_magenta: light-dark(#8a1a8f, #d9a0ee);
    --_cyan: light-dark(#00626e, #83d3de);
  }
  @media (forced-colors: active) {
    :host {
      --_red: CanvasText;
      --_green: CanvasText;
      --_yellow: CanvasText;
      --_blue: CanvasText;
      --_magenta: CanvasText;
      --_cyan: CanvasText;
    }
  }
  section {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
    min-block-size: 0;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem;
    padding: 0.25rem var(--_gap);
    background: var(--_surface);
    border-block-end: 1px solid var(--_border);
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    flex: 1 1 auto;
    gap: 0.25rem;
  }
  .bar button {
    font-size: 0.8125rem;
    padding: 0.125rem 0.5rem;
    min-block-size: 1.75rem;
  }
  .bar button[aria-pressed='false'] {
    color: var(--_muted);
    background: none;
    border-style: dashed;
    text-decoration: line-through;
  }
  /* Wide enough for a count to come without moving what is beside it. */
  .bar .amount {
    display: inline-block;
    min-inline-size: 2.5ch;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  @media (forced-colors: active) {
    .bar button[aria-pressed='true'] {
      background: Highlight;
      color: HighlightText;
      forced-color-adjust: none;
    }
  }
  @media (pointer: coarse) {
    .bar button {
      min-block-size: 2.75rem;
      min-inline-size: 2.75rem;
    }
  }
  .log {
    position: relative;
    overflow: auto;
    overscroll-behavior: contain;
    font-family: var(--_code-font);
    font-size: var(--_code-size);
    line-height: var(--_code-line);
    tab-size: 4;
    /* What programs print is code, whichever way the page is read. */
    direction: ltr;
    text-align: left;
  }
  .log:focus-visible {
    outline-offset: -2px;
  }
  .hint {
    margin: 0;
    padding: var(--_gap);
    font-family: var(--_font);
    font-size: 0.875rem;
    color: var(--_muted);
    direction: inherit;
    text-align: start;
  }
  .entry {
    display: flex;
    gap: var(--_gap);
    padding: 0 var(--_gap);
    border-inline-start: 3px solid transparent;
    content-visibility: auto;
    contain-intrinsic-size: auto calc(1em * var(--_code-line));
  }
  .text {
    flex: 1 1 auto;
    min-inline-size: 0;
    min-block-size: calc(1em * var(--_code-line));
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .entry.page {
    border-block-end: 1px solid color-mix(in srgb, var(--_border) 50%, transparent);
  }
  .entry.error {
    border-inline-start-color: var(--_danger);
  }
  .entry.error.page {
    color: var(--_red);
  }
  .entry.warn {
    border-inline-start-color: var(--_yellow);
  }
  .entry.error.page::before {
    content: '✕' / '';
  }
  .entry.warn.page::before {
    content: '⚠' / '';
    color: var(--_yellow);
  }
  .entry.debug,
  .entry.note {
    color: var(--_muted);
  }
  .count {
    flex: none;
    align-self: start;
    padding-inline: 0.5ch;
    border: 1px solid var(--_border);
    border-radius: 1em;
    font-size: 0.85em;
  }
  details {
    display: inline-block;
    vertical-align: top;
    max-inline-size: 100%;
  }
  summary {
    cursor: pointer;
  }
  .parts {
    margin: 0;
    padding-inline-start: 1.5em;
    list-style: none;
  }
  .key {
    color: var(--_magenta);
  }
  .value.string {
    color: var(--_green);
  }
  .value.number,
  .value.boolean,
  .value.null {
    color: var(--_blue);
  }
  .more {
    color: var(--_muted);
  }
  button.link {
    display: inline;
    padding: 0;
    min-block-size: 0;
    border: 0;
    border-radius: 2px;
    background: none;
    color: var(--_accent);
    font: inherit;
    text-align: start;
    text-decoration: underline;
    overflow-wrap: anywhere;
  }
  .bold {
    font-weight: 700;
  }
  .dim {
    color: var(--_muted);
  }
  .italic {
    font-style: italic;
  }
  .underline {
    text-decoration: underline;
  }
  .inverse {
    background: var(--_text);
    color: var(--_background);
  }
  .strikethrough {
    text-decoration: line-through;
  }
  .fg-black,
  .fg-white,
  .fg-bright-white {
    color: var(--_text);
  }
  .fg-bright-black {
    color: var(--_muted);
  }
  .fg-red,
  .fg-bright-red {
    color: var(--_red);
  }
  .fg-green,
  .fg-bright-green {
    color: var(--_green);
  }
  .fg-yellow,
  .fg-bright-yellow {
    color: var(--_yellow);
  }
  .fg-blue,
  .fg-bright-blue {
    color: var(--_blue);
  }
  .fg-magenta,
  .fg-bright-magenta {
    color: var(--_magenta);
  }
  .fg-cyan,
  .fg-bright-cyan {
    color: var(--_cyan);
  }
  /* A ground of one of the colours has the page's own on it, so that there is always contrast. */
  [class*='bg-'] {
    color: var(--_background);
    padding-inline: 0.25ch;
    border-radius: 2px;
  }
  .bg-black,
  .bg-white,
  .bg-bright-white {
    background: var(--_text);
  }
  .bg-bright-black {
    background: var(--_muted);
  }
  .bg-red,
  .bg-bright-red {
    background: var(--_red);
  }
  .bg-green,
  .bg-bright-green {
    background: var(--_green);
  }
  .bg-yellow,
  .bg-bright-yellow {
    background: var(--_yellow);
  }
  .bg-blue,
  .bg-bright-blue {
    background: var(--_blue);
  }
  .bg-magenta,
  .bg-bright-magenta {
    background: var(--_magenta);
  }
  .bg-cyan,
  .bg-bright-cyan {
    background: var(--_cyan);
  }
  @media print {
    :host,
    .log {
      block-size: auto;
      overflow: visible;
    }
    .bar {
      display: none;
    }
    .entry {
      content-visibility: visible;
    }
  }
`;
