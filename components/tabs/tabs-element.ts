import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { panel } from '../shared/panel.styles.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { labelOf, observed, slottedChildren } from '../shared/slotted-children.ts';
import { tabFor } from '../shared/tab-keys.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { tabsStrings } from './tabs-strings.ts';
import { styles } from './tabs.styles.ts';

/**
 * Any elements in tabs, one of them shown. What is not shown goes on: a terminal keeps its program.
 *
 * @tag bv-tabs
 * @slot - The panels, in order. The `label` of each, else its `aria-label`, is on its tab.
 * @csspart tabs - The list of tabs.
 * @cssprop --bv-tabs-block-size - Its height. Default 24rem; in a layout it fills its pane.
 * @fires bv-select - The reader chose another tab.
 */
export class BvTabs extends LitElement {
  static override styles = [tokens, panel, styles];

  /** The tab that is shown, counted from 0. */
  @property({ type: Number })
  get selected(): number {
    return this.#selected;
  }
  set selected(value: number) {
    this.#selected = Number(value); // Vue and React set it to the text that the author wrote.
  }
  #selected = 0;
  /** Names the list of tabs. */
  @property({ reflect: true, useDefault: true }) label = '';

  @state() private panels: readonly HTMLElement[] = [];
  readonly #children = new MutationObserver(() => this.#collect());

  constructor() {
    super();
    new ThemeController(this, this.attachInternals());
    new PresenceController(this, () => this.#children.disconnect());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#children.observe(this, observed);
    this.#collect();
  }

  #collect(): void {
    const shown = this.panels[this.selected];
    const panels = slottedChildren(this, 'panel');
    this.panels = panels;
    // The one that is shown stays it, wherever it is now.
    const index = shown === undefined ? -1 : panels.indexOf(shown);
    if (index >= 0) this.selected = index;
    this.requestUpdate();
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    if (this.panels.length > 0) this.selected = Math.min(Math.max(Math.trunc(this.selected) || 0, 0), this.panels.length - 1);
  }

  #select(index: number): void {
    if (index === this.selected) return;
    this.selected = index;
    this.dispatchEvent(new Event('bv-select', { bubbles: true, composed: true }));
  }

  #onKey(event: KeyboardEvent, index: number): void {
    const next = tabFor(event, [...this.renderRoot.querySelectorAll<HTMLElement>('[role=tab]')], index);
    if (next === undefined) return;
    event.preventDefault();
    this.#select(next);
  }

  protected override render(): TemplateResult {
    // Firefox stops at what scrolls, too, unless it is told not to.
    return html`<div class="tabs" part="tabs" role="tablist" tabindex="-1" aria-label=${this.label || tabsStrings.label}>
        ${this.panels.map(
          (one, index) =>
            html`<button
              type="button"
              role="tab"
              id="tab-${index}"
              aria-selected=${index === this.selected}
              aria-controls="panel-${index}"
              tabindex=${index === this.selected ? 0 : -1}
              @click=${() => this.#select(index)}
              @keydown=${(event: KeyboardEvent) => this.#onKey(event, index)}
            >
              ${labelOf(one) || tabsStrings.tab(index + 1)}
            </button>`,
        )}
      </div>
      ${this.panels.map(
        (_, index) =>
          html`<div class="panel" id="panel-${index}" role="tabpanel" aria-labelledby="tab-${index}" ?hidden=${index !== this.selected}>
            <slot name="panel-${index}"></slot>
          </div>`,
      )}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-tabs': BvTabs;
  }
}
