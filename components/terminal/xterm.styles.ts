import { css } from 'lit';

/** What xterm.js needs of its own style sheet: one that a shadow root can hold; and the row of keys. Loaded with it. */
export const xtermStyles = css`
  .keys {
    display: none;
  }
  @media (pointer: coarse) {
    section:has(.screen:not([hidden])) {
      display: flex;
      flex-direction: column;
      block-size: 100%;
    }
    section:has(.screen:not([hidden])) .screen {
      position: relative;
      inset: auto;
      flex: 1;
      min-block-size: 0;
    }
    /* As they are on a keyboard, whatever the direction of the text. */
    .screen:not([hidden]) + .keys {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(2.75rem, 1fr));
      direction: ltr;
      background: var(--_surface);
      border-block-start: 1px solid var(--_border);
    }
    .keys button {
      min-block-size: 2.75rem;
      padding: 0;
      border-color: transparent;
      border-radius: 0;
      background: transparent;
      font-family: var(--_code-font);
      touch-action: manipulation;
    }
    .keys button:focus-visible {
      outline-offset: -2px;
    }
    .keys [aria-pressed='true'] {
      background: var(--_accent);
      color: var(--_on-accent);
      outline-color: var(--_on-accent);
    }
    @media (forced-colors: active) {
      .keys [aria-pressed='true'] {
        forced-color-adjust: none;
      }
    }
    @media print {
      .screen:not([hidden]) + .keys {
        display: none;
      }
    }
  }
  .xterm {
    position: relative;
    block-size: 100%;
    cursor: text;
    user-select: none;
    -webkit-user-select: none;
  }
  .xterm.focus,
  .xterm:focus {
    outline: none;
  }
  .xterm .xterm-helpers {
    position: absolute;
    top: 0;
    z-index: 5;
  }
  .xterm .xterm-helper-textarea {
    position: absolute;
    left: -9999em;
    top: 0;
    z-index: -5;
    width: 0;
    height: 0;
    margin: 0;
    padding: 0;
    border: 0;
    opacity: 0;
    overflow: hidden;
    white-space: nowrap;
    resize: none;
  }
  .xterm .composition-view {
    display: none;
    position: absolute;
    z-index: 1;
    white-space: nowrap;
    background: var(--_background);
    color: var(--_text);
  }
  .xterm .composition-view.active {
    display: block;
  }
  .xterm .xterm-viewport {
    position: absolute;
    inset: 0;
    overflow-y: scroll;
    cursor: default;
  }
  .xterm .xterm-screen {
    position: relative;
  }
  .xterm-char-measure-element {
    display: inline-block;
    visibility: hidden;
    position: absolute;
    top: 0;
    left: -9999em;
    line-height: normal;
  }
  .xterm.enable-mouse-events {
    cursor: default;
  }
  .xterm .xterm-cursor-pointer {
    cursor: pointer;
  }
  .xterm.column-select.focus {
    cursor: crosshair;
  }
  .xterm .xterm-accessibility,
  .xterm .xterm-message {
    position: absolute;
    inset: 0;
    z-index: 10;
    color: transparent;
    pointer-events: none;
  }
  .xterm .xterm-accessibility-tree {
    font-family: monospace;
    user-select: text;
    white-space: pre;
  }
  .xterm .xterm-accessibility-tree *::selection {
    color: transparent;
  }
  .xterm .xterm-accessibility-tree > div {
    inline-size: fit-content;
    transform-origin: left;
  }
  .xterm .live-region {
    position: absolute;
    left: -9999px;
    width: 1px;
    height: 1px;
    overflow: hidden;
  }
  .xterm-dim {
    opacity: 1 !important;
  }
  .xterm-underline-1 {
    text-decoration: underline;
  }
  .xterm-underline-2 {
    text-decoration: double underline;
  }
  .xterm-underline-3 {
    text-decoration: wavy underline;
  }
  .xterm-underline-4 {
    text-decoration: dotted underline;
  }
  .xterm-underline-5 {
    text-decoration: dashed underline;
  }
  .xterm-overline {
    text-decoration: overline;
  }
  .xterm-strikethrough {
    text-decoration: line-through;
  }
  .xterm-screen .xterm-decoration-container .xterm-decoration {
    position: absolute;
    z-index: 6;
  }
  .xterm .xterm-scrollable-element > .scrollbar {
    cursor: default;
  }
  .xterm .xterm-scrollable-element > .visible {
    z-index: 11;
    opacity: 1;
    transition: opacity 100ms linear;
  }
  .xterm .xterm-scrollable-element > .invisible {
    opacity: 0;
    pointer-events: none;
  }
  .xterm .xterm-scrollable-element > .shadow {
    display: none;
  }
`;
