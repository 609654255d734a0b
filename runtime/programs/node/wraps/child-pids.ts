import type { Pid } from '../../../base/ids.ts';
import type { PidRange } from '../../../wires/process-wire.ts';
import type { NodeRealm } from '../realm.ts';
import { perRealm } from './per-realm.ts';

/** Ids for children that must have one before the kernel can answer. */
function makeChildPids(realm: NodeRealm) {
  const ranges: { next: Pid; left: number }[] = [];
  let begun = false;
  const over = new Set<Pid>();
  const given = new Set<number>();
  const add = (range: PidRange | undefined) => {
    if (range !== undefined) ranges.push({ next: range.first, left: range.count });
  };
  return {
    add,
    /** A child that was waited for: its id names no process any more. */
    ended: (pid: Pid) => void over.add(pid),
    isOver: (pid: number) => over.has(pid as Pid),
    isOwn: (pid: number) => given.has(pid),
    /** Undefined if the process has used up what the kernel gave it since it last answered. */
    next(): Pid | undefined {
      if (!begun) {
        begun = true;
        add(realm.syscalls.start.childPids);
      }
      while (ranges[0]?.left === 0) ranges.shift();
      const range = ranges[0];
      if (range === undefined) return undefined;
      range.left--;
      given.add(range.next);
      return range.next++;
    },
  };
}

export const childPids = perRealm(makeChildPids);
