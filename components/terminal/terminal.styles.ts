import { css } from 'lit';

/** The element; what is in it once it is loaded has `xterm.styles.ts`. */
export const styles = css`
  :host {
    position: relative;
    block-size: var(--bv-terminal-block-size, 16rem);
  }
  .waiting,
  .screen {
    position: absolute;
    inset: 0;
    padding: 0.5rem;
    font-size: var(--_code-size);
    direction: ltr;
    text-align: left;
  }
  /* It has its size all the same. */
  .unseen {
    visibility: hidden;
  }
  @media (forced-colors: active) {
    /* Drawn in the reader's colours by screen.ts, with contrast; a plate behind the text would hide what is selected. */
    .screen {
      forced-color-adjust: none;
    }
  }
  .waiting {
    margin: 0;
    overflow: auto;
    font: var(--_code-size) / var(--_code-line) var(--_code-font);
    color: var(--_muted);
  }
  .waiting code {
    font: inherit;
    color: var(--_text);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .waiting p {
    margin: 0;
  }
  :host(:focus-within) .screen {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  @media print {
    :host {
      block-size: auto;
    }
    .waiting,
    .screen {
      position: static;
    }
  }
`;
