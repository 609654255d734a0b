import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Browsers tell nobody that the focus went from one frame to the next; milliseconds until it is noticed. */
const nextFrameMs = 300;

/**
 * Knows whether the focus is in the frame of its element, whose document may be a stranger's.
 *
 * No selector matches there: `:focus` and `:focus-within` hold for a frame only while its page has the focus itself. Sets
 * the custom state `frame-focused`.
 */
export class FrameFocus implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #internals: ElementInternals;
  #look: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, internals: ElementInternals) {
    this.#host = host;
    this.#internals = internals;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('blur', this.#follow);
    window.addEventListener('focus', this.#follow);
  }

  hostDisconnected(): void {
    window.removeEventListener('blur', this.#follow);
    window.removeEventListener('focus', this.#follow);
    this.#set(false);
  }

  readonly #follow = (): void => this.#set(this.#host.shadowRoot?.activeElement instanceof HTMLIFrameElement);

  #set(focused: boolean): void {
    clearInterval(this.#look);
    if (!focused) {
      this.#internals.states.delete('frame-focused');
      return;
    }
    this.#internals.states.add('frame-focused');
    this.#look = setInterval(this.#follow, nextFrameMs);
  }
}
