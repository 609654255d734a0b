/** `Atomics.wait`, `waitAsync` and `notify`, which the engine knows nothing of where the threads have copies. All else it does itself. */
import { showAsNative } from '../modules/function-texts.ts';
import type { NodeRealm } from '../realm.ts';
import { sharingInUse } from './sharing.ts';

type WaitView = Int32Array<SharedArrayBuffer> | BigInt64Array<SharedArrayBuffer>;

/** Only for a realm of its own: the functions of `Atomics` are replaced. */
export function followAtomics(realm: NodeRealm): void {
  const { apply } = Reflect;
  const { wait, waitAsync, notify, load } = Atomics as unknown as Readonly<Record<string, Function>>;
  const sharingOf = (view: unknown) => {
    const sharing = sharingInUse(realm);
    return sharing !== undefined && ArrayBuffer.isView(view) && sharing.isShared(view.buffer) ? sharing : undefined;
  };
  /** As the standard's, of arguments that the engine has found right. */
  const isOther = (view: WaitView, index: number, value: unknown) =>
    (apply(load!, Atomics, [view, index]) as number | bigint) !==
    (view instanceof Int32Array ? +(value as number) | 0 : BigInt.asIntN(64, value as bigint));
  const milliseconds = (timeout: unknown) => {
    const number = timeout === undefined ? NaN : Number(timeout);
    return Number.isNaN(number) ? Infinity : Math.max(0, number);
  };
  /** Throws what the engine throws of them; gives nothing away, for the value it is given is none that could be there. */
  const check = (view: WaitView, index: unknown) => void apply(notify!, Atomics, [view, index, 0]);

  const replaced = {
    wait(view: WaitView, index: number, value: unknown, timeout: unknown): unknown {
      const sharing = sharingOf(view);
      if (sharing === undefined) return apply(wait!, Atomics, [view, index, value, timeout]);
      check(view, index);
      if (isOther(view, index, value)) return 'not-equal';
      const timeoutMs = milliseconds(timeout);
      return timeoutMs === 0 ? 'timed-out' : sharing.wait(view, Number(index), timeoutMs);
    },
    waitAsync(view: WaitView, index: number, value: unknown, timeout: unknown): unknown {
      const sharing = sharingOf(view);
      if (sharing === undefined) return apply(waitAsync!, Atomics, [view, index, value, timeout]);
      check(view, index);
      if (isOther(view, index, value)) return { async: false, value: 'not-equal' };
      const timeoutMs = milliseconds(timeout);
      return timeoutMs === 0
        ? { async: false, value: 'timed-out' }
        : { async: true, value: sharing.waitAsync(view, Number(index), timeoutMs) };
    },
    notify(view: WaitView, index: number, count: unknown): unknown {
      const woken = apply(notify!, Atomics, [view, index, count]) as number;
      const most = count === undefined ? Infinity : Math.max(0, Math.trunc(Number(count)) || 0);
      return woken + (sharingOf(view)?.notify(view, Number(index), most - woken) ?? 0);
    },
  };
  showAsNative(replaced);
  for (const [name, original] of Object.entries({ wait, waitAsync, notify })) {
    if (original === undefined) continue; // `waitAsync` is younger than the others.
    const value = replaced[name as keyof typeof replaced];
    Object.defineProperty(value, 'length', { value: original.length, configurable: true });
    Object.defineProperty(Atomics, name, { value, writable: true, enumerable: false, configurable: true });
  }
}
