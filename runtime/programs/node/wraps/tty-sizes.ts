import type { Handle } from '../../../base/ids.ts';
import type { TtySize } from '../../../wires/process-wire.ts';
import type { NodeRealm } from '../realm.ts';
import { perRealm } from './per-realm.ts';

const unknown: TtySize = { columns: 80, rows: 24 };

/**
 * The sizes of the ttys that the process was started with. Node asks without waiting, so they come with the start, and are
 * asked for again before a `SIGWINCH` is passed on.
 */
function makeTtySizes(realm: NodeRealm) {
  const sizes = new Map<Handle, TtySize>();
  const startHandles = () => realm.syscalls.start.fds.flatMap((fd) => (fd.kind === 'stream' && fd.stream === 'tty' ? [fd] : []));

  return {
    of(handle: Handle | undefined): TtySize {
      const known = handle === undefined ? undefined : sizes.get(handle);
      if (known !== undefined) return known;
      for (const fd of startHandles()) if (fd.size !== undefined && (fd.handle === handle || handle === undefined)) return fd.size;
      return startHandles().find((fd) => fd.size !== undefined)?.size ?? unknown;
    },
    /** Asks for all sizes again; `done` runs when they are known. */
    refresh(done: () => void): void {
      const handles = new Set(startHandles().map((fd) => fd.handle));
      let left = handles.size;
      if (left === 0) done();
      for (const handle of handles) {
        realm.syscalls.call('getTty', { handle }, (outcome) => {
          if (outcome.result !== undefined) sizes.set(handle, outcome.result.size);
          left--;
          if (left === 0) done();
        });
      }
    },
  };
}

export const ttySizes = perRealm(makeTtySizes);
