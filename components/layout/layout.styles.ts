import { css } from 'lit';

export const styles = css`
  :host {
    grid-template-rows: minmax(0, 1fr);
    block-size: var(--bv-layout-block-size, 36rem);
    background: var(--_border);
  }
  .panes {
    display: flex;
    block-size: 100%;
    inline-size: 100%;
  }
  .panes.column {
    flex-direction: column;
  }
  .pane {
    position: relative;
    flex: var(--share) 1 0;
    min-inline-size: 0;
    min-block-size: 0;
    overflow: hidden;
    background: var(--_background);
  }
  .pane.collapsed {
    visibility: hidden;
  }
  ::slotted(*) {
    position: absolute !important;
    inset: 0;
    inline-size: auto !important;
    block-size: auto !important;
    border: 0 !important;
    border-radius: 0 !important;
  }
  .separator {
    position: relative;
    z-index: 1;
    flex: none;
    background: var(--_border);
    touch-action: none;
  }
  .row > .separator {
    inline-size: 1px;
    cursor: col-resize;
  }
  .column > .separator {
    block-size: 1px;
    cursor: row-resize;
  }
  /* What can be grasped is wider than what is seen. */
  .separator::before {
    content: '';
    position: absolute;
    inset: -6px 0;
  }
  .row > .separator::before {
    inset: 0 -6px;
  }
  .separator:is(:hover, :focus-visible, .dragged) {
    outline: 2px solid var(--_accent);
    outline-offset: 0;
  }
  @media (pointer: coarse) {
    .separator::after {
      content: '';
      position: absolute;
      inset: 50% auto auto 50%;
      inline-size: 2.5rem;
      block-size: 6px;
      translate: -50% -50%;
      border-radius: 3px;
      background: var(--_muted);
    }
    .row > .separator::after {
      inline-size: 6px;
      block-size: 2.5rem;
    }
    .column > .separator::before {
      inset: -22px 0;
    }
    .row > .separator::before {
      inset: 0 -22px;
    }
  }
  @media (forced-colors: active) {
    .separator {
      background: CanvasText;
    }
  }
  /* A phone: one below the other, each with a height of its own. */
  @container (max-width: 40rem) {
    .panes.stacks {
      flex-direction: column;
      overflow: auto;
      gap: 1px;
    }
    .stacks > .pane {
      flex: none;
      block-size: var(--bv-layout-stacked-size, 20rem);
    }
    .stacks > .pane.collapsed {
      visibility: visible;
    }
    .stacks > .separator {
      display: none;
    }
  }
  @media print {
    :host,
    .panes {
      display: block;
      block-size: auto;
    }
    .separator {
      display: none;
    }
    ::slotted(*) {
      position: static !important;
    }
  }
`;
