import type { ReactiveController, ReactiveElement } from 'lit';

/**
 * Where the focus goes when what has it is taken away by what it does, such as a button that says yes: else it would be on the
 * page's body, and a reader with a keyboard at its top.
 */
export class FocusReturn implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #instead: (gone: Element) => HTMLElement | null | undefined;
  #had: Element | null | undefined;

  /** @param instead What has it then. `gone` is no longer in the page. */
  constructor(host: ReactiveElement, instead: (gone: Element) => HTMLElement | null | undefined) {
    this.#host = host;
    this.#instead = instead;
    host.addController(this);
  }

  hostUpdate(): void {
    this.#had = this.#host.shadowRoot?.activeElement;
  }

  hostUpdated(): void {
    if (this.#had?.isConnected === false) this.#instead(this.#had)?.focus({ preventScroll: true });
    this.#had = undefined;
  }
}
