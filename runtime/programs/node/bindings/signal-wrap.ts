import type { SignalName } from '../../../base/signals.ts';
import type { MakeBinding, Untyped } from '../realm.ts';
import { asyncWraps } from '../wraps/async-wrap.ts';
import { uv } from '../wraps/errors.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { signalsToSelf } from '../wraps/signals-to-self.ts';
import { ttySizes } from '../wraps/tty-sizes.ts';

/** `internalBinding('signal_wrap')`. Several watchers may wait for one signal. */
export const makeSignalWrap: MakeBinding = (realm) => {
  const { makeCallback } = asyncWraps(realm);
  const { HandleWrap, setActive, isOpen, onClose } = handleWraps(realm);
  const watching = new Map<number, Set<Signal>>();

  function nameOf(number: number): SignalName | undefined {
    const signals = realm.internalBinding('constants').os.signals as Readonly<Record<string, number>>;
    const name = Object.keys(signals).find((each) => signals[each] === number);
    return name as SignalName | undefined;
  }

  function deliver(number: number): void {
    for (const signal of [...(watching.get(number) ?? [])]) {
      realm.loop.enqueueLast(() => {
        if (isOpen(signal)) makeCallback(signal, (signal as Untyped).onsignal, [number]);
      });
    }
  }

  signalsToSelf(realm).deliver = (number) => {
    if (!watching.has(number)) return false;
    deliver(number);
    return true;
  };

  class Signal extends HandleWrap {
    #number = 0;

    constructor() {
      super('SIGNALWRAP');
      onClose(this, () => this.stop());
    }

    start(number: number): number {
      if (!isOpen(this)) return uv('EBADF');
      const name = nameOf(number);
      if (name === undefined || name === 'SIGKILL' || name === 'SIGSTOP') return uv('EINVAL');
      if (this.#number !== 0) this.stop();
      this.#number = number;
      let all = watching.get(number);
      if (all === undefined) {
        watching.set(number, (all = new Set()));
        realm.syscalls.onSignal(name, () => {
          if (name === 'SIGWINCH') ttySizes(realm).refresh(() => deliver(number));
          else deliver(number);
        });
      }
      all.add(this);
      setActive(this, true);
      return 0;
    }

    stop(): number {
      const number = this.#number;
      if (number === 0) return 0;
      this.#number = 0;
      setActive(this, false);
      const all = watching.get(number);
      all?.delete(this);
      if (all?.size === 0) {
        watching.delete(number);
        const name = nameOf(number);
        if (name !== undefined) realm.syscalls.onSignal(name, null);
      }
      return 0;
    }
  }

  return { Signal };
};
