/** `localStorage`, `sessionStorage` and `document.cookie`, which an opaque origin does not have: mirrors of what the page keeps. */
import type { Bridge } from '../../document/bridge.ts';
import type { PageNotice, StorageArea, WireDocument } from '../../../../../runtime/wires/preview-wire.ts';

/** Characters of keys and values together, as the page allows. */
const maxLength = 5 * 1024 * 1024;

class MirroredStorage {
  readonly entries: Map<string, string>;
  readonly #bridge: Bridge;
  readonly #area: StorageArea;

  constructor(bridge: Bridge, area: StorageArea, entries: readonly (readonly [string, string])[]) {
    this.entries = new Map(entries);
    this.#bridge = bridge;
    this.#area = area;
  }

  set(key: string, value: string): void {
    let length = key.length + value.length;
    for (const [k, v] of this.entries) if (k !== key) length += k.length + v.length;
    if (length > maxLength) throw new DOMException(`The quota of ${maxLength} characters has been exceeded`, 'QuotaExceededError');
    this.entries.set(key, value);
    this.#bridge.notify({ kind: 'setStorage', area: this.#area, key, value });
  }

  remove(key: string): void {
    if (this.entries.delete(key)) this.#bridge.notify({ kind: 'setStorage', area: this.#area, key, value: null });
  }

  clear(): void {
    this.entries.clear();
    this.#bridge.notify({ kind: 'setStorage', area: this.#area, key: null, value: null });
  }

  /** What scripts see: methods, and entries as properties. */
  face(): Storage {
    const methods: Record<string, unknown> = {
      getItem: (key: string) => this.entries.get(String(key)) ?? null,
      setItem: (key: string, value: string) => this.set(String(key), String(value)),
      removeItem: (key: string) => this.remove(String(key)),
      clear: () => this.clear(),
      key: (index: number) => [...this.entries.keys()][index] ?? null,
    };
    const isMethod = (key: string) => Object.hasOwn(methods, key);
    return new Proxy(Object.create(Storage.prototype) as Storage, {
      get: (target, key) => {
        if (typeof key === 'symbol') return Reflect.get(Storage.prototype, key);
        if (key === 'length') return this.entries.size;
        if (isMethod(key)) return methods[key];
        return this.entries.get(key) ?? (key in Object.prototype ? Reflect.get(target, key) : undefined);
      },
      set: (_, key, value) => {
        if (typeof key === 'string') this.set(key, String(value));
        return true;
      },
      has: (target, key) => (typeof key === 'string' && this.entries.has(key)) || key in target,
      deleteProperty: (_, key) => {
        if (typeof key === 'string') this.remove(key);
        return true;
      },
      ownKeys: () => [...this.entries.keys()],
      getOwnPropertyDescriptor: (_, key) =>
        typeof key === 'string' && this.entries.has(key)
          ? { value: this.entries.get(key), writable: true, enumerable: true, configurable: true }
          : undefined,
      defineProperty: (_, key, { value }) => {
        if (typeof key === 'string') this.set(key, String(value));
        return true;
      },
    });
  }
}

/** Installs both and returns what the page's notices go to. */
export function installStorage(bridge: Bridge, source: WireDocument): (notice: PageNotice) => void {
  const local = new MirroredStorage(bridge, 'local', source.localStorage);
  const session = new MirroredStorage(bridge, 'session', source.sessionStorage);
  const localFace = local.face();
  const sessionFace = session.face();
  Object.defineProperty(window, 'localStorage', { get: () => localFace, configurable: true, enumerable: true });
  Object.defineProperty(window, 'sessionStorage', { get: () => sessionFace, configurable: true, enumerable: true });

  let cookies = source.cookies;
  Object.defineProperty(document, 'cookie', {
    configurable: true,
    enumerable: true,
    get: () => cookies,
    set: (text: unknown) => {
      cookies = applyCookie(cookies, String(text));
      bridge.notify({ kind: 'setCookie', text: String(text).slice(0, 60_000) });
    },
  });

  return (notice) => {
    if (notice.kind === 'cookies') cookies = notice.text;
    if (notice.kind !== 'storage') return;
    if (notice.key === null) local.entries.clear();
    else if (notice.value === null) local.entries.delete(notice.key);
    else local.entries.set(notice.key, notice.value);
    const event = new StorageEvent('storage', { key: notice.key, oldValue: notice.oldValue, newValue: notice.value, url: notice.url });
    Object.defineProperty(event, 'storageArea', { value: localFace });
    window.dispatchEvent(event);
  };
}

/** What `document.cookie` reads right after a write, until the page says what it made of it. */
function applyCookie(cookies: string, text: string): string {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
  const name = pair.includes('=') ? pair.slice(0, pair.indexOf('=')).trim() : '';
  if (attributes.some((attribute) => /^httponly$/i.test(attribute))) return cookies;
  const maxAge = attributes.map((attribute) => /^max-age=(-?\d+)$/i.exec(attribute)?.[1]).find((value) => value !== undefined);
  const expires = attributes.map((attribute) => /^expires=(.*)$/i.exec(attribute)?.[1]).find((value) => value !== undefined);
  const gone = maxAge !== undefined ? Number(maxAge) <= 0 : expires !== undefined && Date.parse(expires) <= Date.now();
  const list = cookies === '' ? [] : cookies.split('; ');
  const at = list.findIndex((one) => one.startsWith(`${name}=`));
  if (gone) return at < 0 ? cookies : list.filter((_, index) => index !== at).join('; ');
  if (at < 0) list.push(pair);
  else list[at] = pair;
  return list.join('; ');
}
