import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { ContainerController } from '../shared/container-controller.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { controlView } from './control-view.ts';
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

  protected override render(): TemplateResult {
    return controlView({
      ...{ element: this, container: this.#container, theme: this.#theme.theme, className: '' },
      content: runStrings.reset,
      press: (host) => void host.reset().catch((error: unknown) => host.fail(error)),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-reset': BvReset;
  }
}
