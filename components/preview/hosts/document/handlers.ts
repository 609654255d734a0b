/** The `on…` properties of event targets made of plain classes. */

type Handler = ((event: Event) => void) | null;

/** Adds them to the prototype `target`. */
export function addHandlers(target: object, names: readonly string[]): void {
  const handlers = new WeakMap<EventTarget, Map<string, { handler: Handler; listener: (event: Event) => void }>>();
  for (const name of names) {
    Object.defineProperty(target, `on${name}`, {
      configurable: true,
      enumerable: true,
      get(this: EventTarget) {
        return handlers.get(this)?.get(name)?.handler ?? null;
      },
      set(this: EventTarget, handler: unknown) {
        let mine = handlers.get(this);
        if (mine === undefined) handlers.set(this, (mine = new Map()));
        const old = mine.get(name);
        if (old !== undefined) this.removeEventListener(name, old.listener);
        mine.delete(name);
        if (typeof handler !== 'function') return;
        const listener = (event: Event) => {
          if ((handler as (event: Event) => unknown).call(this, event) === false) event.preventDefault();
        };
        mine.set(name, { handler: handler as Handler, listener });
        this.addEventListener(name, listener);
      },
    });
  }
}
