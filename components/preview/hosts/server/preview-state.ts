/**
 * Cookies and storage of one container's previews, whichever host shows them. They are kept as a file of the container, so
 * that they live, are saved and are reset with it.
 */
import type { Container } from '../../../../runtime/index.ts';
import type { StorageArea } from '../../../../runtime/wires/preview-wire.ts';
import { CookieJar } from './cookie-jar.ts';

const folder = '/var/lib/bavini';
const file = `${folder}/preview.json`;
/** Writes wait this long for more of them. */
const saveDelayMs = 200;
/** Characters of keys and values per origin: a browser's own limit. */
const maxStorageLength = 5 * 1024 * 1024;

export interface StorageChange {
  readonly origin: string;
  readonly key: string | null;
  readonly oldValue: string | null;
  readonly value: string | null;
  readonly url: string;
}

const states = new WeakMap<Container, Promise<PreviewState>>();

export class PreviewState {
  readonly cookies = new CookieJar({ onChange: () => this.#onCookies() });
  readonly #container: Container;
  readonly #local = new Map<string, Map<string, string>>();
  readonly #cookieListeners = new Set<() => void>();
  readonly #storageListeners = new Set<(change: StorageChange, by: object) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving = Promise.resolve();

  private constructor(container: Container) {
    this.#container = container;
  }

  /** The same for every preview of `container`. */
  static of(container: Container): Promise<PreviewState> {
    let state = states.get(container);
    if (state === undefined) {
      const made = new PreviewState(container);
      state = made.#load().then(() => made);
      states.set(container, state);
    }
    return state;
  }

  /** Entries of an origin's `localStorage`. */
  local(origin: string): Map<string, string> {
    let area = this.#local.get(origin);
    if (area === undefined) this.#local.set(origin, (area = new Map()));
    return area;
  }

  /** Changes `area`, which is {@link local}'s or a session's own. Over the limit nothing is changed. */
  change(area: Map<string, string>, kind: StorageArea, change: StorageChange, by: object): void {
    const { key, value } = change;
    if (key === null) area.clear();
    else if (value === null) area.delete(key);
    else {
      let length = key.length + value.length;
      for (const [k, v] of area) if (k !== key) length += k.length + v.length;
      if (length > maxStorageLength) return;
      area.set(key, value);
    }
    if (kind === 'session') return;
    for (const listener of this.#storageListeners) listener(change, by);
    this.#save();
  }

  onCookies(listener: () => void): () => void {
    this.#cookieListeners.add(listener);
    return () => this.#cookieListeners.delete(listener);
  }

  onStorage(listener: (change: StorageChange, by: object) => void): () => void {
    this.#storageListeners.add(listener);
    return () => this.#storageListeners.delete(listener);
  }

  /** Resolves when all changes so far are in the container's file. */
  async flush(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#write();
    }
    await this.#saving;
  }

  #onCookies(): void {
    for (const listener of this.#cookieListeners) listener();
    this.#save();
  }

  #save(): void {
    this.#timer ??= setTimeout(() => this.#write(), saveDelayMs);
  }

  #write(): void {
    this.#timer = undefined;
    const local = Object.fromEntries([...this.#local].map(([origin, area]) => [origin, [...area]]));
    const text = JSON.stringify({ cookies: this.cookies.persistent(), local });
    const { fs } = this.#container;
    this.#saving = this.#saving
      .then(() => fs.mkdir(folder, { recursive: true }))
      .then(() => fs.writeFile(file, text))
      .catch(() => undefined); // The container is gone or full, which it reports itself; the session goes on.
  }

  async #load(): Promise<void> {
    let kept: { cookies?: unknown; local?: unknown };
    try {
      kept = JSON.parse(await this.#container.fs.readFile(file, 'utf-8')) as typeof kept;
    } catch {
      return; // Nothing kept yet, or not by us: an empty start.
    }
    if (Array.isArray(kept?.cookies)) this.cookies.restore(kept.cookies);
    if (typeof kept?.local !== 'object' || kept.local === null) return;
    for (const [origin, entries] of Object.entries(kept.local)) {
      if (!Array.isArray(entries)) continue;
      for (const entry of entries as unknown[]) {
        if (Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string')
          this.local(origin).set(entry[0], entry[1]);
      }
    }
  }
}
