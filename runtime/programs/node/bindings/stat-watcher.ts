import { PosixError } from '../../../base/errors.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { asyncWraps } from '../wraps/async-wrap.ts';
import { FIELDS, fillStat } from './fs-stat.ts';

/** `uv_fs_poll`: looks at a path every so often and tells of a difference, with both states. */
export function makeStatWatcher(realm: NodeRealm): Untyped {
  const { HandleWrap, setActive, isOpen, onClose } = handleWraps(realm);
  const { makeCallback } = asyncWraps(realm);

  return class StatWatcher extends HandleWrap {
    declare onchange?: Untyped;
    #path = '';
    #bigint: boolean;
    #interval = 0;
    #timer: number | undefined;
    #last: Float64Array | BigInt64Array;
    #lastErrno = 0;

    constructor(bigint?: boolean) {
      super('STATWATCHER');
      this.#bigint = bigint === true;
      this.#last = this.#empty();
      onClose(this, () => {
        if (this.#timer !== undefined) realm.platform.clearTimer(this.#timer);
      });
    }

    #empty(): Float64Array | BigInt64Array {
      return this.#bigint ? new BigInt64Array(FIELDS) : new Float64Array(FIELDS);
    }

    #look(): readonly [values: Float64Array | BigInt64Array, errno: number] {
      const values = this.#empty();
      try {
        fillStat(values, realm.syscalls.files.stat(this.#path));
        return [values, 0];
      } catch (error) {
        if (error instanceof PosixError) return [values, error.errno];
        throw error;
      }
    }

    start(path: string, interval: number): number {
      this.#path = path;
      this.#interval = interval;
      [this.#last, this.#lastErrno] = this.#look();
      setActive(this, true);
      // A path that is not there is told once, at the beginning.
      if (this.#lastErrno !== 0) realm.loop.enqueueWork(() => this.#tell(this.#last, this.#last, this.#lastErrno));
      this.#wait();
      return 0;
    }

    #wait(): void {
      this.#timer = realm.platform.setTimer(() => {
        realm.loop.enqueue(() => {
          if (!isOpen(this)) return;
          const [now, errno] = this.#look();
          const before = this.#last;
          const changed = errno !== this.#lastErrno || (errno === 0 && !same(now, before));
          this.#last = now;
          this.#lastErrno = errno;
          this.#wait();
          if (changed) this.#tell(now, before, errno);
        });
      }, this.#interval);
    }

    #tell(now: Float64Array | BigInt64Array, before: Float64Array | BigInt64Array, errno: number): void {
      if (!isOpen(this)) return;
      const both = this.#bigint ? new BigInt64Array(2 * FIELDS) : new Float64Array(2 * FIELDS);
      both.set(now as never, 0);
      both.set(before as never, FIELDS);
      makeCallback(this, this.onchange, [errno, both]);
    }
  };
}

/** Like `uv_fs_poll`, the time of last access does not count. */
function same(a: Float64Array | BigInt64Array, b: Float64Array | BigInt64Array): boolean {
  return a.every((value: number | bigint, index: number) => index === 10 || index === 11 || value === b[index]);
}
