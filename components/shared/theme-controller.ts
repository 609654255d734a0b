import type { ReactiveController, ReactiveControllerHost } from 'lit';

export type Theme = 'light' | 'dark';

/** What frameworks name it: Bootstrap and Material for MkDocs have names of their own. */
const attributes = ['data-theme', 'data-color-scheme', 'data-bs-theme', 'data-md-color-scheme'];

/** What the page says by an attribute or a class on an ancestor; undefined if it says nothing. */
function saidByPage(element: Element): Theme | undefined {
  for (let at: Element | null = element; at !== null;) {
    const here = at;
    const said = attributes.map((name) => here.getAttribute(name));
    if (said.some((theme) => theme === 'dark' || theme === 'slate') || at.classList.contains('dark')) return 'dark';
    if (said.includes('light') || at.classList.contains('light')) return 'light';
    const root: Node = at.getRootNode();
    at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return undefined;
}

/**
 * What the page and the system say is watched once for all elements. The colours of all are looked at together, a task later:
 * each look makes the browser compute styles anew after every element that was rendered in between.
 */
class PageWatch {
  readonly #controllers = new Set<ThemeController>();
  readonly #systemDark = matchMedia('(prefers-color-scheme: dark)');
  /** They change colours without changing the theme. */
  readonly #systemColours = [matchMedia('(prefers-contrast: more)'), matchMedia('(forced-colors: active)')];
  readonly #observer = new MutationObserver(() => this.#follow());
  #looks = false;

  get isSystemDark(): boolean {
    return this.#systemDark.matches;
  }

  add(controller: ThemeController): void {
    if (this.#controllers.size === 0) {
      const filter = { attributes: true, attributeFilter: ['class', 'style', ...attributes] };
      this.#observer.observe(document.documentElement, filter);
      this.#observer.observe(document.body, filter);
      this.#systemDark.addEventListener('change', this.#follow);
      for (const query of this.#systemColours) query.addEventListener('change', this.#recolour);
    }
    this.#controllers.add(controller);
    this.look();
  }

  remove(controller: ThemeController): void {
    this.#controllers.delete(controller);
    if (this.#controllers.size > 0) return;
    this.#observer.disconnect();
    this.#systemDark.removeEventListener('change', this.#follow);
    for (const query of this.#systemColours) query.removeEventListener('change', this.#recolour);
  }

  look(): void {
    if (this.#looks) return;
    this.#looks = true;
    setTimeout(() => {
      this.#looks = false;
      const found = [...this.#controllers].map((controller) => [controller, controller.look()] as const);
      for (const [controller, theme] of found) controller.use(theme);
    }, 0);
  }

  readonly #recolour = (): void => {
    for (const controller of this.#controllers) controller.update();
  };

  readonly #follow = (): void => {
    for (const controller of this.#controllers) controller.listen();
    this.look();
  };
}

let watch: PageWatch | undefined;

/**
 * Follows the page between light and dark while its element is connected: `data-theme`, `.dark`, else `color-scheme`.
 *
 * Sets the custom state `light` or `dark` where an attribute or class decides, and asks for an update at each change, also
 * of the system's contrast and forced colours.
 */
export class ThemeController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #internals: ElementInternals;
  #said: Theme | undefined;
  #theme: Theme | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, internals: ElementInternals) {
    this.#host = host;
    this.#internals = internals;
    host.addController(this);
  }

  /** Until the element was looked at, one task after it is connected: what the page says, or light. */
  get theme(): Theme {
    return this.#said ?? this.#theme ?? 'light';
  }

  hostConnected(): void {
    this.listen();
    (watch ??= new PageWatch()).add(this);
  }

  hostDisconnected(): void {
    watch?.remove(this);
  }

  /** Takes what the page says by attributes and classes. */
  listen(): void {
    const said = saidByPage(this.#host);
    if (said === this.#said) return;
    this.#said = said;
    this.#internals.states.delete('light');
    this.#internals.states.delete('dark');
    if (said !== undefined) this.#internals.states.add(said);
  }

  /** What the element's styles come to. */
  look(): Theme {
    if (this.#said !== undefined) return this.#said;
    const scheme = getComputedStyle(this.#host).colorScheme;
    return scheme.includes('dark') && (!scheme.includes('light') || watch?.isSystemDark === true) ? 'dark' : 'light';
  }

  use(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.update();
  }

  update(): void {
    this.#host.requestUpdate();
  }
}
