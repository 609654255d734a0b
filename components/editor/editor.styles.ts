import { css } from 'lit';

/** The plain text and CodeMirror share these metrics, so that nothing moves when one takes the other's place. */
export const styles = css`
  :host {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
    block-size: var(--bv-editor-block-size, 24rem);
    --_gutter: calc(4ch + 1rem);
  }
  .name {
    display: flex;
    align-items: stretch;
    min-inline-size: 0;
    margin: 0;
    block-size: 2rem;
    font: 0.8125rem/2rem var(--_code-font);
    color: var(--_muted);
    background: var(--_surface);
    border-block-end: 1px solid var(--_border);
    white-space: nowrap;
  }
  .file {
    flex: 1;
    direction: ltr;
    padding: 0 var(--_gap);
    overflow: hidden;
    text-overflow: ellipsis;
  }
  @media (pointer: coarse) {
    .name {
      block-size: calc(2.75rem + 1px);
      line-height: 2.75rem;
    }
  }
  .body {
    position: relative;
    min-block-size: 0;
    direction: ltr;
    text-align: left;
  }
  .plain,
  .code {
    position: absolute;
    inset: 0;
  }
  .plain {
    margin: 0;
    overflow: auto;
    padding: 4px 6px 4px calc(var(--_gutter) + 6px);
    font-family: var(--_code-font);
    font-size: var(--_code-size);
    line-height: var(--_code-line);
    font-variant-ligatures: none;
    color: var(--_text);
    white-space: pre;
    tab-size: 4;
  }
  .plain:focus-visible,
  .code:focus-within {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  .cm-editor {
    block-size: 100%;
  }
  /* On paper nothing scrolls. */
  @media print {
    :host {
      block-size: auto;
    }
    .plain,
    .code {
      position: static;
    }
    .plain {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    .cm-editor {
      block-size: auto;
    }
    .cm-editor .cm-scroller {
      overflow: visible !important;
    }
    .cm-editor .cm-content {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
      flex-shrink: 1;
      min-inline-size: 0;
    }
  }
`;
