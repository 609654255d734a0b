import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { ContainerController } from '../shared/container-controller.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { controlView } from './control-view.ts';
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
    return controlView({
      ...{ element: this, container: this.#container, theme: this.#theme.theme, className: 'primary' },
      content: keyed(this.#label(), html`<span>${this.#label()}</span>`),
      press: (host) => {
        if (this.toggle && host.state === 'running') host.stop();
        else void host.run().catch(() => undefined); // Shown by the container.
      },
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-run': BvRun;
  }
}
