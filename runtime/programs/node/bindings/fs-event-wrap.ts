import type { MakeBinding, Untyped } from '../realm.ts';
import { asyncWraps } from '../wraps/async-wrap.ts';
import { errnoOf, uv } from '../wraps/errors.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';

/** `internalBinding('fs_event_wrap')`: `fs.watch` over the log of changes. */
export const makeFsEventWrap: MakeBinding = (realm) => {
  const { makeCallback } = asyncWraps(realm);
  const { HandleWrap, setActive, isOpen, onClose } = handleWraps(realm);

  class FSEvent extends HandleWrap {
    #dispose: (() => void) | undefined;

    constructor() {
      super('FSEVENTWRAP');
      onClose(this, () => this.#stop());
    }

    get initialized(): boolean {
      return isOpen(this) && this.#dispose !== undefined;
    }

    /** `persistent` false lets the process end while it watches. */
    start(path: string | Uint8Array, persistent: boolean, recursive: boolean, encoding: string): number {
      if (this.#dispose !== undefined) return 0;
      if (!isOpen(this)) return uv('EBADF');
      const name = typeof path === 'string' ? path : realm.platform.decodeUtf8(path);
      try {
        const whole = name.replace(/\/+$/, '');
        const base = whole.slice(whole.lastIndexOf('/') + 1);
        this.#dispose = realm.syscalls.files.watch(name, { recursive }, (event) => {
          realm.loop.enqueue(() => {
            if (this.#dispose === undefined) return;
            // A watched file names itself, as inotify does.
            const file = event.name === '' ? base : event.name;
            makeCallback(this, (this as Untyped).onchange, [0, event.kind, encoded(file, encoding)]);
          });
        });
      } catch (error) {
        return errnoOf(error);
      }
      if (!persistent) this.unref();
      setActive(this, true);
      return 0;
    }

    #stop(): void {
      this.#dispose?.();
      this.#dispose = undefined;
    }
  }

  function encoded(name: string, encoding: string): unknown {
    if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8') return name;
    const bytes = realm.requireBuiltin('buffer').Buffer.from(name);
    return encoding === 'buffer' ? bytes : bytes.toString(encoding);
  }

  return { FSEvent };
};
