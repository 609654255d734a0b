import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { PresenceController } from '../../shared/presence-controller.ts';
import { ThemeController } from '../../shared/theme-controller.ts';
import { tokens } from '../../shared/tokens.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { disclosure } from '../step/disclosure.styles.ts';

/**
 * Help that a reader may open. Without scripts it is part of the prose.
 *
 * @tag bv-hint
 * @slot - The help.
 */
export class BvHint extends LitElement {
  static override styles = [tokens, disclosure];

  /** Names the hint. Default: “Hint”. */
  @property() label = '';
  /** It is shown. */
  @property({ type: Boolean, reflect: true }) open = false;

  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => undefined);
  }

  readonly #onToggle = (event: Event): void => {
    this.open = (event.target as HTMLDetailsElement).open;
  };

  protected override render(): TemplateResult {
    return html`<details ?open=${this.open} data-theme=${this.#theme.theme} @toggle=${this.#onToggle}>
      <summary>${this.label || strings.hint}</summary>
      <div class="content"><slot></slot></div>
    </details>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-hint': BvHint;
  }
}
