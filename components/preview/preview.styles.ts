import { css } from 'lit';

export const styles = css`
  :host {
    display: grid;
    /* An address field is wide by itself: the bar must not be wider than the element for it. */
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    block-size: var(--bv-preview-block-size, 20rem);
  }
  section {
    display: contents;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    padding: 0 0.25rem;
    min-block-size: 2.25rem;
    background: var(--_surface);
    border-block-end: 1px solid var(--_border);
  }
  .bar button {
    padding: 0.125rem 0.4375rem;
    border-color: transparent;
    background: transparent;
  }
  .bar svg {
    display: block;
    inline-size: 1rem;
    block-size: 1rem;
    margin-inline: auto;
  }
  .back svg,
  .forward svg {
    transform: scaleX(var(--_mirror, 1));
  }
  :host(:dir(rtl)) {
    --_mirror: -1;
  }
  .address {
    flex: 1 1 auto;
    min-inline-size: 0;
    font: 0.8125rem/1.5 var(--_code-font);
    direction: ltr;
    color: var(--_text);
    background: var(--_background);
    border: 1px solid var(--_border);
    border-radius: 4px;
    padding: 0 0.5rem;
    align-self: stretch;
    margin-block: 0.25rem;
  }
  @media (pointer: coarse) {
    .address {
      min-block-size: 2.75rem;
    }
  }
  .body {
    position: relative;
    min-block-size: 0;
  }
  .frame {
    position: absolute;
    inset: 0;
  }
  .frame > * {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    border: 0;
    background: #fff;
    color-scheme: light;
  }
  :host(:state(frame-focused)) .frame {
    z-index: 1;
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  .message {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: var(--_gap);
    padding: 1rem;
    overflow: auto;
    text-align: center;
    font-size: 0.875rem;
    color: var(--_muted);
    background: var(--_background);
  }
  .message p {
    margin: 0;
    max-inline-size: 40rem;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .message.error {
    color: var(--_danger);
  }
  @media print {
    :host {
      block-size: auto;
    }
    .bar,
    .body:has(.message) {
      display: none;
    }
    .body {
      block-size: 16rem;
    }
  }
`;
