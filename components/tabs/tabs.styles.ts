import { css } from 'lit';

export const styles = css`
  :host {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
    block-size: var(--bv-tabs-block-size, 24rem);
  }
  .tabs {
    display: flex;
    overflow-x: auto;
    scrollbar-width: none;
    background: var(--_surface);
    border-block-end: 1px solid var(--_border);
  }
  .tabs button {
    position: relative;
    flex: none;
    min-block-size: 2rem;
    border: 0;
    border-radius: 0;
    border-inline-end: 1px solid var(--_border);
    color: var(--_muted);
    background: none;
  }
  .tabs button:hover {
    color: var(--_text);
  }
  .tabs button[aria-selected='true'] {
    color: var(--_text);
    background: var(--_background);
  }
  .tabs button[aria-selected='true']::before {
    content: '';
    position: absolute;
    inset: 0 0 auto;
    block-size: 2px;
    background: var(--_accent);
    forced-color-adjust: none;
  }
  .tabs :focus-visible {
    outline-offset: -2px;
  }
  .panel {
    position: relative;
    min-block-size: 0;
    overflow: hidden;
  }
  ::slotted(*) {
    position: absolute !important;
    inset: 0;
    inline-size: auto !important;
    block-size: auto !important;
    overflow: auto;
    border: 0 !important;
    border-radius: 0 !important;
  }
  @media (pointer: coarse) {
    .tabs button {
      min-block-size: 2.75rem;
    }
  }
  /* On paper all of it. */
  @media print {
    :host {
      display: block;
      block-size: auto;
    }
    .tabs {
      display: none;
    }
    .panel,
    .panel[hidden] {
      display: block !important;
    }
    ::slotted(*) {
      position: static !important;
    }
  }
`;
