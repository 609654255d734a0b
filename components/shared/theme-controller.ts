import type { ReactiveController, ReactiveControllerHost } from 'lit';

export type Theme = 'light' | 'dark';

/** What the page says by an attribute or a class on an ancestor; undefined if it says nothing. */
function saidByPage(element: Element): Theme | undefined {
  for (let at: Element | null = element; at !== null;) {
    const theme = at.getAttribute('data-theme') ?? at.getAttribute('data-color-scheme');
    if (theme === 'dark' || at.classList.contains('dark')) return 'dark';
    if (theme === 'light' || at.classList.contains('light')) return 'light';
    const root: Node = at.getRootNode();
    at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return undefined;
}

/**
 * Follows the page between light and dark while its element is connected: `data-theme`, `.dark`, else `color-scheme`.
 *
 * Sets the custom state `light` or `dark` where an attribute or class decides, and asks for an update at each change, also
 * of the system's contrast and forced colours.
 */
export class ThemeController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #internals: ElementInternals;
  readonly #systemDark = matchMedia('(prefers-color-scheme: dark)');
  /** They change colours without changing the theme. */
  readonly #systemColours = [matchMedia('(prefers-contrast: more)'), matchMedia('(forced-colors: active)')];
  #observer: MutationObserver | undefined;
  #theme: Theme | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, internals: ElementInternals) {
    this.#host = host;
    this.#internals = internals;
    host.addController(this);
  }

  get theme(): Theme {
    return this.#theme ?? 'light';
  }

  hostConnected(): void {
    this.#observer = new MutationObserver(this.#follow);
    const filter = { attributes: true, attributeFilter: ['class', 'style', 'data-theme', 'data-color-scheme'] };
    this.#observer.observe(document.documentElement, filter);
    this.#observer.observe(document.body, filter);
    this.#systemDark.addEventListener('change', this.#follow);
    for (const query of this.#systemColours) query.addEventListener('change', this.#recolour);
    this.#follow();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#systemDark.removeEventListener('change', this.#follow);
    for (const query of this.#systemColours) query.removeEventListener('change', this.#recolour);
  }

  readonly #recolour = (): void => this.#host.requestUpdate();

  readonly #follow = (): void => {
    const said = saidByPage(this.#host);
    this.#internals.states.delete('light');
    this.#internals.states.delete('dark');
    if (said !== undefined) this.#internals.states.add(said);
    const scheme = getComputedStyle(this.#host).colorScheme;
    const dark = scheme.includes('dark') && (!scheme.includes('light') || this.#systemDark.matches);
    const theme = said ?? (dark ? 'dark' : 'light');
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#host.requestUpdate();
  };
}
