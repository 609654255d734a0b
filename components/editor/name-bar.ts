/** The line over an editor: the file's name or the tabs, and the tools. In the editor's chunk: until then there is the name alone. */
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { tabFor } from '../shared/tab-keys.ts';
import { editorStrings } from './editor-strings.ts';
import type { OpenFile } from './open-files.ts';
import { shortName } from './short-name.ts';

export interface NameBarOptions {
  /** One file without a tab has its name here. */
  readonly tabs: boolean;
  /** `format`, `find`. */
  readonly tools: readonly string[];
  readonly readonly: boolean;
  readonly open: readonly OpenFile[];
  readonly shown: string;
  select(file: string): void;
  close(file: string): void;
  format(): void;
  find(): void;
}

/**
 * The tabs of an editor. The list owns its tabs by their ids: beside a tab stands the button that closes it, which may not be in a
 * list of tabs. By the keyboard Delete closes.
 */
function tabList({ open, shown, select, close }: NameBarOptions): TemplateResult {
  const tabsAround = (element: Element) => [...element.closest('.tabs')!.querySelectorAll<HTMLElement>('[role=tab]')];
  const closeAt = (element: Element, index: number) => {
    const tabs = tabsAround(element);
    close(open[index]!.file);
    tabs[index === tabs.length - 1 ? index - 1 : index + 1]?.focus(); // What has the focus goes away.
  };
  const onKey = (event: KeyboardEvent, index: number) => {
    const element = event.currentTarget as Element;
    const next = tabFor(event, tabsAround(element), index);
    if (next !== undefined) select(open[next]!.file);
    else if (event.key === 'Delete' && open[index]!.closable) closeAt(element, index);
    else return;
    event.preventDefault();
  };
  // Firefox stops at what scrolls, too, unless it is told not to.
  return html`<div class="tabs" part="tabs" tabindex="-1">
    <div role="tablist" aria-label=${editorStrings.openFiles} aria-owns=${open.map((_, index) => `tab-${index}`).join(' ')}></div>
    ${repeat(
      open,
      ({ file }) => file,
      ({ file, closable }, index) =>
        html`<div class="tab">
          <button
            type="button"
            role="tab"
            id="tab-${index}"
            title=${file}
            aria-selected=${file === shown}
            aria-controls="body"
            aria-keyshortcuts=${closable ? 'Delete' : nothing}
            tabindex=${file === shown ? 0 : -1}
            @click=${() => select(file)}
            @auxclick=${(event: MouseEvent) => void (event.button === 1 && closable && close(file))}
            @keydown=${(event: KeyboardEvent) => onKey(event, index)}
          >
            ${shortName(file, open)}
          </button>
          ${
            closable
              ? html`<button
                  type="button"
                  class="close"
                  tabindex="-1"
                  aria-label=${editorStrings.closeFile(file)}
                  @click=${(event: MouseEvent) => closeAt(event.currentTarget as Element, index)}
                >
                  <span aria-hidden="true">×</span>
                </button>`
              : nothing
          }
        </div>`,
    )}
  </div>`;
}

export function nameBar(options: NameBarOptions): TemplateResult {
  const { tabs, tools, shown, readonly } = options;
  return html`${tabs ? tabList(options) : html`<span class="file">${shown}</span>`}
  ${
    tools.includes('format')
      ? html`<button type="button" class="tool" aria-disabled=${readonly} @click=${options.format}>${editorStrings.format}</button>`
      : nothing
  }
  ${tools.includes('find') ? html`<button type="button" class="tool" @click=${options.find}>${editorStrings.find}</button>` : nothing}`;
}

export const nameBarStyles = css`
  .tabs {
    flex: 1;
    min-inline-size: 0;
    display: flex;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .tab {
    position: relative;
    display: flex;
    flex: none;
    border-inline-end: 1px solid var(--_border);
  }
  .name button {
    min-block-size: 0;
    padding: 0 var(--_gap);
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    border-radius: 0;
  }
  .name :focus-visible {
    outline-offset: -2px;
  }
  .tab:has([aria-selected='true']) {
    color: var(--_text);
    background: var(--_background);
  }
  .tab:has([aria-selected='true'])::before {
    content: '';
    position: absolute;
    inset: 0 0 auto;
    block-size: 2px;
    background: var(--_accent);
    forced-color-adjust: none;
  }
  .name button.close {
    min-inline-size: 1.5rem;
    padding: 0 0.25rem;
    font-family: var(--_font);
  }
  .name button:hover {
    color: var(--_text);
  }
  .name button.tool {
    font-family: var(--_font);
    border-inline-start: 1px solid var(--_border);
  }
  @media (pointer: coarse) {
    .name button,
    .name button.close {
      min-inline-size: 2.75rem;
    }
  }
  @media print {
    .tool,
    .close,
    .tab:not(:has([aria-selected='true'])) {
      display: none;
    }
  }
`;
