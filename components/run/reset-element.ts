import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { ContainerController } from '../shared/container-controller.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { styles } from './control.styles.ts';
import { runStrings } from './run-strings.ts';

/**
 * A button that brings the author's files back, anywhere in the page. The container's notice offers to undo it.
 *
 * @tag bv-reset
 * @slot - What it says, in place of Reset.
 * @csspart button - The button.
 */
export class BvReset extends LitElement {
  static override styles = [tokens, styles];

  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';

  readonly #container = new ContainerController(this, () => undefined);
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => undefined);
  }

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  readonly #onClick = (): void => {
    const { host } = this.#container;
    if (host === undefined || host.state === 'booting') return;
    void host.reset().catch((error: unknown) => host.fail(error));
  };

  protected override render(): TemplateResult {
    if (this.#container.missing) return html`<p class="message">${strings.noContainer('bv-reset', this.for)}</p>`;
    const { host } = this.#container;
    const disabled = host === undefined || host.state === 'booting';
    return html`<button type="button" part="button" aria-disabled=${disabled} data-theme=${this.#theme.theme} @click=${this.#onClick}>
      <slot>${runStrings.reset}</slot>
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-reset': BvReset;
  }
}
