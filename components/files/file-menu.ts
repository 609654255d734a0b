/** The menu of a file: the APG's menu, in the top layer. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';

export interface MenuItem {
  readonly label: string;
  readonly shortcut?: string;
  run(): void;
}

function onKey(event: KeyboardEvent, close: () => void): void {
  const items = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=menuitem]')];
  const index = items.indexOf((event.target as Element).closest<HTMLElement>('[role=menuitem]')!);
  const go = (to: number) => items[(to + items.length) % items.length]?.focus();
  if (event.key === 'ArrowDown') go(index + 1);
  else if (event.key === 'ArrowUp') go(index - 1);
  else if (event.key === 'Home') go(0);
  else if (event.key === 'End') go(-1);
  else if (event.key === 'Tab' || event.key === 'Escape') close();
  else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLocaleLowerCase();
    const next = [...items.slice(index + 1), ...items].find((item) => item.textContent!.trim().toLocaleLowerCase().startsWith(letter));
    next?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

export function fileMenu(items: readonly MenuItem[], { label, close }: { readonly label: string; close(): void }): TemplateResult {
  return html`<div
    class="menu"
    part="menu"
    role="menu"
    popover="auto"
    aria-label=${label}
    @keydown=${(event: KeyboardEvent) => onKey(event, close)}
    @toggle=${(event: ToggleEvent) => void (event.newState === 'closed' && close())}
  >
    ${items.map(
      (item) =>
        html`<button
          type="button"
          role="menuitem"
          tabindex="-1"
          @click=${() => {
            close();
            item.run();
          }}
        >
          <span>${item.label}</span>${item.shortcut === undefined ? nothing : html`<kbd aria-hidden="true">${item.shortcut}</kbd>`}
        </button>`,
    )}
  </div>`;
}

/** Opens it at a point of the window, inside of it. */
export function openMenu(menu: HTMLElement, x: number, y: number): void {
  menu.showPopover();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(0, Math.min(x, innerWidth - width))}px`;
  menu.style.top = `${Math.max(0, Math.min(y, innerHeight - height))}px`;
  menu.querySelector<HTMLElement>('[role=menuitem]')?.focus();
}
