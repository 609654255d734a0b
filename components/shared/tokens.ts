/**
 * Colours and sizes of all elements, as custom properties a page may set on any ancestor.
 *
 * `--bv-*` is the page's, `--_*` the value in use. Light and dark follow `color-scheme`, which the theme controller
 * sets where a page says it in another way (`data-theme`, `.dark`).
 */
import { css } from 'lit';

export const tokens = css`
  :host {
    --_background: var(--bv-background, light-dark(#ffffff, #16181d));
    --_surface: var(--bv-surface, light-dark(#f4f5f7, #1f2229));
    --_text: var(--bv-text, light-dark(#1b1d22, #e6e8ec));
    --_muted: var(--bv-muted, light-dark(#565c69, #a4abb8));
    --_border: var(--bv-border, light-dark(#d3d7de, #383d48));
    --_accent: var(--bv-accent, light-dark(#0b57d0, #8ab4f8));
    --_on-accent: var(--bv-on-accent, light-dark(#ffffff, #10233f));
    --_danger: var(--bv-danger, light-dark(#a50e0e, #ff9d97));
    --_selection: var(--bv-selection, light-dark(#cfe2ff, #2f4b78));
    --_radius: var(--bv-radius, 8px);
    --_gap: var(--bv-gap, 8px);
    --_font: var(--bv-font, system-ui, sans-serif);
    --_code-font: var(--bv-code-font, ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'DejaVu Sans Mono', monospace);
    --_code-size: var(--bv-code-size, max(14px, 0.875rem));
    --_code-line: var(--bv-code-line, 1.5);
    color: var(--_text);
    /* What a page says of its own text is not meant for code, terminals and buttons. */
    font: 1em/1.5 var(--_font);
    letter-spacing: normal;
    text-align: start;
    text-indent: 0;
    text-shadow: none;
    text-transform: none;
    white-space: normal;
    word-break: normal;
    word-spacing: normal;
  }
  :host(:state(light)) {
    color-scheme: light;
  }
  :host(:state(dark)) {
    color-scheme: dark;
  }
  /* Paper is white. */
  @media print {
    :host {
      color-scheme: light !important;
    }
  }
  @media (prefers-contrast: more) {
    :host {
      --_background: var(--bv-background, light-dark(#ffffff, #000000));
      --_text: var(--bv-text, light-dark(#000000, #ffffff));
      --_muted: var(--bv-muted, light-dark(#2b2f36, #dfe3ea));
      --_border: var(--bv-border, light-dark(#000000, #ffffff));
    }
  }
  @media (forced-colors: active) {
    :host {
      --_background: Canvas;
      --_surface: Canvas;
      --_text: CanvasText;
      --_muted: CanvasText;
      --_border: CanvasText;
      --_accent: Highlight;
      --_on-accent: HighlightText;
      --_danger: CanvasText;
      --_selection: Highlight;
    }
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  button {
    font: inherit;
    font-size: 0.875rem;
    line-height: 1.25rem;
    color: var(--_text);
    background: var(--_background);
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) - 2px);
    padding: 0.25rem 0.75rem;
    min-block-size: 2rem;
    cursor: pointer;
  }
  button:hover:not([aria-disabled='true']) {
    border-color: var(--_accent);
  }
  button[aria-disabled='true'] {
    color: var(--_muted);
    cursor: default;
    opacity: 0.7;
  }
  button.primary {
    background: var(--_accent);
    border-color: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
  }
  @media (forced-colors: active) {
    button[aria-disabled='true'] {
      color: GrayText;
      border-color: GrayText;
      opacity: 1;
    }
    /* Its colours are the reader's by their names; else the browser puts a plate behind the text. */
    button.primary:not([aria-disabled='true']) {
      forced-color-adjust: none;
    }
  }
  @media (pointer: coarse) {
    button {
      min-block-size: 2.75rem;
      min-inline-size: 2.75rem;
    }
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`;
