import type { NodeRealm, Untyped } from '../realm.ts';
import { asyncWraps } from './async-wrap.ts';
import { perRealm } from './per-realm.ts';

/**
 * A `uv_handle_t`: keeps the process alive while it is active and referenced, and closes in the closing phase.
 *
 * States: open → closing (`close()` was called) → closed (the callback runs).
 */
function makeHandleWrap(realm: NodeRealm) {
  const { AsyncWrap, makeCallback, emitDestroy } = asyncWraps(realm);
  const { loop } = realm;

  /** As `process.getActiveResourcesInfo()` names it: the C++ class. */
  const nameOf = (handle: object): string => {
    const { name } = handle.constructor;
    const isServer = (handle as Untyped).getProviderType?.() === realm.internalBinding('async_wrap').Providers.TCPSERVERWRAP;
    return name === 'TCP'
      ? isServer
        ? 'TCPServerWrap'
        : 'TCPSocketWrap'
      : name.endsWith('Wrap') || name === 'StatWatcher' || name === 'FSEvent' || name === 'MessagePort'
        ? name
        : `${name}Wrap`;
  };

  class HandleWrap extends AsyncWrap {
    #state: 'open' | 'closing' | 'closed' = 'open';
    #referenced = true;
    #active = false;
    #counted = false;
    #onClose: (() => void) | undefined;
    #listed: (() => void) | undefined;

    constructor(provider: string) {
      super(provider);
      this.#list();
    }

    close(callback?: Untyped): void {
      if (this.#state !== 'open') return;
      this.#state = 'closing';
      this.#active = false;
      this.#count();
      const closing = this.#onClose;
      if (typeof callback === 'function') (this as Untyped)[realm.symbols['handle_onclose'] as symbol] = callback;
      loop.enqueueClose(() => {
        this.#state = 'closed';
        this.#list();
        makeCallback(this, (this as Untyped)[realm.symbols['handle_onclose'] as symbol], []);
        emitDestroy(this);
      });
      // What it cancels is told of before, for the last is the first in the closing phase.
      closing?.();
    }

    hasRef(): boolean {
      return this.#state !== 'closed' && this.#referenced;
    }

    ref(): void {
      if (this.#state !== 'open') return;
      this.#referenced = true;
      this.#count();
      this.#list();
    }

    unref(): void {
      if (this.#state !== 'open') return;
      this.#referenced = false;
      this.#count();
      this.#list();
    }

    #count(): void {
      const counts = this.#active && this.#referenced;
      if (counts === this.#counted) return;
      this.#counted = counts;
      if (counts) loop.ref();
      else loop.unref();
    }

    /** Listed is what is not closed yet and referenced, whether it waits for anything or not. */
    #list(): void {
      const lists = this.hasRef();
      if (lists === (this.#listed !== undefined)) return;
      if (lists) this.#listed = realm.resources?.addHandle(this, nameOf(this));
      else {
        this.#listed?.();
        this.#listed = undefined;
      }
    }

    static setActive(handle: HandleWrap, active: boolean): void {
      if (handle.#state !== 'open') return;
      handle.#active = active;
      handle.#count();
    }

    static isOpen(handle: HandleWrap): boolean {
      return handle.#state === 'open';
    }

    static onClose(handle: HandleWrap, closing: () => void): void {
      handle.#onClose = closing;
    }
  }

  const { setActive, isOpen, onClose } = HandleWrap;
  for (const name of ['setActive', 'isOpen', 'onClose'] as const) Reflect.deleteProperty(HandleWrap, name);
  return {
    HandleWrap,
    /** Whether it has work of its own: reading, listening, waiting. */
    setActive,
    isOpen,
    /** Runs once, inside `close()`: gives back what the handle holds. */
    onClose,
  };
}

export const handleWraps = perRealm(makeHandleWrap);
export type HandleWraps = ReturnType<typeof makeHandleWrap>;
export type HandleWrap = InstanceType<HandleWraps['HandleWrap']>;
