/**
 * The global objects of `vm` contexts, which are Proxies of ours: a function that a context's code finds by its name is called on one, where in
 * Node it is called on nothing.
 */
const views = new WeakSet();
const scripts = new Set<string>();

export function noteContextView(view: object): void {
  views.add(view);
}

/** Code that stacks call so runs in a context. */
export function noteContextScript(name: string): void {
  scripts.add(name);
}

/** Whether a Proxy is one of these. Of arrow functions and strict code V8 does not tell it. */
export const isContextView = (called: unknown, script: string | undefined): boolean =>
  called === undefined ? script !== undefined && scripts.has(script) : typeof called === 'object' && called !== null && views.has(called);
