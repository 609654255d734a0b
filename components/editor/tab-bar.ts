import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { strings } from '../shared/strings.ts';
import { tabFor } from '../shared/tab-keys.ts';
import { shortName } from './open-files.ts';
import type { OpenFile } from './open-files.ts';

export interface TabBarOptions {
  readonly open: readonly OpenFile[];
  readonly shown: string;
  select(file: string): void;
  close(file: string): void;
}

/**
 * The tabs of an editor. The list owns its tabs by their ids: beside a tab stands the button that closes it, which may not be in a
 * list of tabs. By the keyboard Delete closes.
 */
export function tabBar({ open, shown, select, close }: TabBarOptions): TemplateResult {
  const onKey = (event: KeyboardEvent, index: number) => {
    const one = open[index]!;
    const list = (event.currentTarget as Element).parentElement!.parentElement!;
    const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    const next = tabFor(event, tabs, index);
    if (next !== undefined) select(open[next]!.file);
    else if (event.key === 'Delete' && one.closable) {
      close(one.file);
      tabs[index === tabs.length - 1 ? index - 1 : index + 1]?.focus();
    } else return;
    event.preventDefault();
  };
  return html`<div class="tabs" part="tabs">
    <div role="tablist" aria-label=${strings.editorTabs} aria-owns=${open.map((_, index) => `tab-${index}`).join(' ')}></div>
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
              ? html`<button type="button" class="close" tabindex="-1" aria-label=${strings.closeFile(file)} @click=${() => close(file)}>
                  <span aria-hidden="true">×</span>
                </button>`
              : nothing
          }
        </div>`,
    )}
  </div>`;
}
