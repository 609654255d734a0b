import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { onStringsChange } from './strings.ts';

/**
 * Tells when an element has left the page. Being moved, which disconnects and connects again within one task, is not
 * leaving: all that it started goes on. While it is in the page, it is updated when the texts of the elements change.
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
    this.#forget ??= onStringsChange(() => this.#host.requestUpdate());
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
