import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { ContainerController } from '../shared/container-controller.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { styles } from './control.styles.ts';
import { runStrings } from './run-strings.ts';

/**
 * A button that runs a container, anywhere in the page. While the container runs it says Restart, or Stop with `toggle`.
 *
 * @tag bv-run
 * @slot - What it says, in place of Run, Restart and Stop.
 * @csspart button - The button.
 */
export class BvRun extends LitElement {
  static override styles = [tokens, styles];

  /** Ends what runs when it is pressed while the container runs. */
  @property({ type: Boolean }) toggle = false;
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
    if (this.toggle && host.state === 'running') host.stop();
    else void host.run().catch(() => undefined); // Shown by the container.
  };

  #label(): string {
    switch (this.#container.host?.state) {
      case 'booting':
        return runStrings.starting;
      case 'running':
        return this.toggle ? runStrings.stop : runStrings.restart;
      default:
        return runStrings.run;
    }
  }

  protected override render(): TemplateResult {
    if (this.#container.missing) return html`<p class="message">${strings.noContainer('bv-run', this.for)}</p>`;
    const { host } = this.#container;
    const disabled = host === undefined || host.state === 'booting';
    // It keeps the focus, which `disabled` would take away.
    return html`<button
      type="button"
      class="primary"
      part="button"
      aria-disabled=${disabled}
      data-theme=${this.#theme.theme}
      @click=${this.#onClick}
    >
      <slot>${keyed(this.#label(), html`<span>${this.#label()}</span>`)}</slot>
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-run': BvRun;
  }
}
