import { css } from 'lit';

export const styles = css`
  :host {
    background: var(--_surface);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_gap);
    padding: var(--_gap);
    border-block-end: 1px solid var(--_border);
  }
  .status {
    flex: 1 1 8rem;
    margin: 0;
    font-size: 0.875rem;
    line-height: 1.5;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  :host([toolbar='none']) .bar {
    position: absolute;
    padding: 0;
    border: 0;
  }
  :host([toolbar='none']) .bar > :not(.status) {
    display: none;
  }
  :host([toolbar='none']) .status {
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* Wide enough for either word, so that nothing moves when it changes. */
  .run {
    min-inline-size: 5.5rem;
  }
  .notices {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .notices li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_gap);
    padding: var(--_gap);
    font-size: 0.875rem;
    background: var(--_background);
    border-block-end: 1px solid var(--_border);
    border-inline-start: 4px solid var(--_accent);
  }
  .notices li.error {
    border-inline-start-color: var(--_danger);
  }
  .notices p {
    flex: 1 1 12rem;
    margin: 0;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .panes {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1px;
  }
  /* Lines around each, not a colour behind all: what the author puts between the parts would stand on it. */
  ::slotted(*) {
    outline: 1px solid var(--_border);
  }
  ::slotted(p) {
    margin: 0;
    padding: var(--_gap);
  }
  ::slotted(pre[path]) {
    display: none !important;
  }
  ::slotted(bv-editor),
  ::slotted(bv-terminal),
  ::slotted(bv-output),
  ::slotted(bv-preview) {
    min-inline-size: 0;
    /* Themes put room between whatever follows another in prose. */
    margin: 0 !important;
    border: 0;
    border-radius: 0;
  }
  /* Their place, until they are loaded. */
  ::slotted(bv-files:not(:defined)),
  ::slotted(bv-tabs:not(:defined)) {
    display: block;
    block-size: 24rem;
    overflow: hidden;
  }
  ::slotted(bv-layout:not(:defined)) {
    display: block;
    block-size: var(--bv-layout-block-size, 36rem);
    overflow: hidden;
  }
  /* On a line of its own before it would be broken, whatever it says. */
  @container (max-width: 26rem) {
    .status {
      flex-basis: 100%;
    }
  }
  @media print {
    .bar {
      display: none;
    }
  }
  @container (min-width: 48rem) {
    .panes.split {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      grid-auto-flow: dense;
    }
    .panes.split ::slotted(*) {
      grid-column: 1 / -1;
    }
    .panes.split ::slotted(bv-editor) {
      grid-column: 1;
    }
    .panes.split ::slotted(bv-terminal),
    .panes.split ::slotted(bv-output),
    .panes.split ::slotted(bv-preview) {
      grid-column: 2;
    }
    .panes.split:not(.tall) ::slotted(bv-terminal),
    .panes.split:not(.tall) ::slotted(bv-output),
    .panes.split:not(.tall) ::slotted(bv-preview) {
      block-size: auto;
      min-block-size: 16rem;
    }
    .panes.tall ::slotted(bv-editor) {
      grid-row: span 2;
      block-size: auto;
    }
    .panes.taller ::slotted(bv-editor) {
      grid-row: span 3;
    }
    @media print {
      .panes.split {
        display: block;
      }
      .panes.split ::slotted(*) {
        min-block-size: 0 !important;
      }
    }
  }
`;
