/** Handles and requests that keep a process alive: `process.getActiveResourcesInfo()` and its older cousins. */
export class ActiveResources {
  readonly #handles = new Map<object, string>();
  readonly #requests = new Map<object, string>();

  /** `name` is what `getActiveResourcesInfo()` shows. Returns how to end it. */
  addHandle(handle: object, name: string): () => void {
    this.#handles.set(handle, name);
    return () => void this.#handles.delete(handle);
  }

  addRequest(request: object, name: string): () => void {
    this.#requests.set(request, name);
    return () => void this.#requests.delete(request);
  }

  /** The objects of the library that own the handles, where they have one. */
  handles(ownerSymbol: symbol): object[] {
    return [...this.#handles.keys()].map((handle) => ((handle as Record<symbol, unknown>)[ownerSymbol] as object | undefined) ?? handle);
  }

  requests(): object[] {
    return [...this.#requests.keys()];
  }

  names(): string[] {
    return [...this.#requests.values(), ...this.#handles.values()];
  }
}
