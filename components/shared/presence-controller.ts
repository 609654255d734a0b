import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { onTextsChange, speakAs, watchLanguage } from './language.ts';

/**
 * Tells when an element has left the page. Being moved, which disconnects and connects again within one task, is not
 * leaving: all that it started goes on. It is rendered in the language of the place where it is, and again when that or the texts change.
 */
export class PresenceController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #left: () => void;
  #forget: (() => void) | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, left: () => void) {
    this.#host = host;
    this.#left = left;
    host.addController(this);
  }

  hostConnected(): void {
    watchLanguage(this.#host);
    if (this.#forget !== undefined) this.#host.requestUpdate(); // Moved, maybe to a place in another language.
    this.#forget ??= onTextsChange(() => this.#host.requestUpdate());
  }

  hostUpdate(): void {
    speakAs(this.#host);
  }

  hostDisconnected(): void {
    queueMicrotask(() => {
      if (this.#host.isConnected) return;
      this.#forget?.();
      this.#forget = undefined;
      this.#left();
    });
  }
}
