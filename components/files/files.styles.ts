import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    block-size: var(--bv-files-block-size, 24rem);
    font-size: 0.875rem;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 2px;
    min-block-size: 2rem;
    padding-inline: var(--_gap) 2px;
    background: var(--_surface);
    border-block-end: 1px solid var(--_border);
    color: var(--_muted);
  }
  .title {
    flex: 1;
    min-inline-size: 0;
    margin: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font: 600 0.8125rem/1.5 var(--_font);
  }
  .bar button {
    display: grid;
    place-items: center;
    min-block-size: 1.75rem;
    inline-size: 1.75rem;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
  }
  .bar button:hover {
    background: var(--_selection);
    color: var(--_text);
  }
  svg {
    inline-size: 1rem;
    block-size: 1rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .tree {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    padding-block: 4px;
  }
  .tree.target,
  .row.target {
    outline: 2px dashed var(--_accent);
    outline-offset: -2px;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 4px;
    min-block-size: 1.625rem;
    padding-inline: calc(4px + (var(--level) - 1) * 0.875rem) 8px;
    cursor: pointer;
    user-select: none;
    white-space: nowrap;
    content-visibility: auto;
    contain-intrinsic-block-size: 1.625rem;
  }
  .row:hover {
    background: var(--_surface);
  }
  .row[aria-selected='true'] {
    background: var(--_selection);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row.cut {
    font-style: italic;
    opacity: 0.8;
  }
  .twist {
    flex: none;
    inline-size: 1rem;
    block-size: 1rem;
    color: var(--_muted);
    transition: rotate 0.1s;
  }
  [aria-expanded='true'] > .twist {
    rotate: 90deg;
  }
  .twist:dir(rtl) {
    scale: -1 1;
  }
  [aria-expanded='true'] > .twist:dir(rtl) {
    rotate: -90deg;
  }
  .text {
    /* As wide as the name, which begins where the row does, whichever way it is written. */
    margin-inline-end: auto;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    unicode-bidi: plaintext;
  }
  .mark {
    flex: none;
    font: 600 0.75rem/1 var(--_code-font);
    color: var(--_muted);
  }
  .mark::after {
    content: attr(data-mark);
  }
  .row.added .text,
  .added > .mark {
    color: light-dark(#0b6b35, #9fd6a0);
  }
  .row.modified .text,
  .modified > .mark {
    color: light-dark(#8a4b00, #f4b67f);
  }
  .row.deleted .text {
    color: var(--_muted);
    text-decoration: line-through;
  }
  .row[aria-selected='true'] :is(.text, .mark) {
    color: var(--_text);
  }
  .row input {
    flex: 1;
    min-inline-size: 0;
    font: inherit;
    color: var(--_text);
    background: var(--_background);
    border: 1px solid var(--_accent);
    border-radius: 3px;
    padding: 0 4px;
  }
  .hint,
  .problem {
    margin: 0;
    padding: 4px var(--_gap);
    color: var(--_muted);
  }
  .problem {
    color: var(--_danger);
    overflow-wrap: anywhere;
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    padding: 4px var(--_gap);
    border-block-start: 1px solid var(--_border);
    background: var(--_surface);
  }
  .notice p {
    flex: 1 1 6rem;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .notice button {
    min-block-size: 1.625rem;
    padding: 0 0.5rem;
  }
  .menu {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 4px;
    min-inline-size: 12rem;
    max-block-size: 100vh;
    overflow: auto;
    color: var(--_text);
    background: var(--_background);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    box-shadow: 0 4px 16px #0004;
  }
  .menu button {
    display: flex;
    justify-content: space-between;
    gap: 1.5rem;
    inline-size: 100%;
    border: 0;
    background: none;
    text-align: start;
  }
  .menu button:is(:hover, :focus) {
    background: var(--_selection);
  }
  .menu kbd {
    font: inherit;
    color: var(--_muted);
  }
  .menu button:is(:hover, :focus) kbd {
    color: inherit;
  }
  @media (pointer: coarse) {
    .row,
    .menu button,
    .bar {
      min-block-size: 2.75rem;
    }
    .bar button,
    .notice button {
      min-block-size: 2.75rem;
      min-inline-size: 2.75rem;
    }
  }
  @media (forced-colors: active) {
    .row[aria-selected='true'],
    .menu button:is(:hover, :focus) {
      forced-color-adjust: none;
      color: HighlightText;
      background: Highlight;
    }
    .row[aria-selected='true'] :is(.text, .mark, .twist),
    .menu button:is(:hover, :focus) kbd {
      color: HighlightText;
    }
    .row[aria-selected='true']:focus-visible {
      outline-color: HighlightText;
    }
  }
  @media print {
    :host {
      block-size: auto;
    }
    .bar,
    .notice {
      display: none;
    }
    .row[aria-selected='true'] {
      background: none;
    }
  }
`;
