import { css } from 'lit';

export const styles = css`
  /* Without anything to show it takes no room: its controls lie on the lower edge of the code. */
  :host {
    display: block !important;
    position: relative !important;
    block-size: 0 !important;
    margin: var(--_pull, 0px) 0 0 0 !important;
    padding: 0 !important;
    border: 0 !important;
    background: none !important;
    font-size: 1rem;
    z-index: 1;
  }
  :host(:state(afloat)) {
    position: absolute !important;
    inline-size: 100%;
  }
  :host(:state(open)) {
    block-size: auto !important;
    margin-block-end: var(--_after, 1rem) !important;
  }
  .controls {
    position: absolute;
    inset-block-start: calc(-1 * var(--_up, 0px));
    inset-inline-end: calc(var(--_end, 0px) + 0.75rem);
    display: flex;
    gap: 0.25rem;
    transform: translateY(-50%);
  }
  /* Where lines of code, which run from left to right, end. */
  :host(:dir(rtl)) .controls {
    inset-inline: calc(var(--_start, 0px) + 0.75rem) auto;
  }
  .line {
    position: relative;
    block-size: 0;
  }
  :host(:state(editing)) .controls {
    inset-block-start: 0;
  }
  button {
    min-block-size: 1.75rem;
    padding: 0 0.625rem;
    font-size: 0.8125rem;
    border-radius: 1rem;
  }
  @media (pointer: coarse) {
    button {
      min-block-size: 2.75rem;
      min-inline-size: 2.75rem;
      padding: 0 0.875rem;
    }
  }
  .panel {
    margin-inline: var(--_start, 0px) var(--_end, 0px);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_background);
    overflow: clip;
  }
  .result {
    padding-block-start: 1rem;
  }
  .status {
    margin: 0;
    padding: 0 0.75rem 0.25rem;
    min-block-size: 1.5rem;
    font-size: 0.8125rem;
    color: var(--_muted);
  }
  .status.failed {
    color: var(--_danger);
  }
  .output {
    margin: 0;
    padding: 0.25rem 0.75rem 0.75rem;
    min-block-size: 2.5rem;
    max-block-size: var(--bv-fence-output-block-size, 20rem);
    overflow: auto;
    font: var(--_code-size) / var(--_code-line) var(--_code-font);
    color: var(--_text);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    direction: ltr;
    text-align: left;
    tab-size: 4;
  }
  .output:focus-visible {
    outline-offset: -2px;
  }
  .error {
    color: var(--_danger);
  }
  bv-editor {
    border: 0;
    border-radius: 0;
  }
  bv-editor.unnamed::part(name) {
    display: none;
  }
  bv-preview {
    border: 0;
    border-block-start: 1px solid var(--_border);
    border-radius: 0;
  }
  @media print {
    .controls,
    .status {
      display: none;
    }
    .output {
      max-block-size: none;
    }
  }
`;
