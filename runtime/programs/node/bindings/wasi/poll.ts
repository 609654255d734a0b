import { errnos, eventType, fileType, right, WasiError } from './abi.ts';
import { errnoOf, type DescriptorTable } from './descriptors.ts';
import type { ProgramMemory } from './memory.ts';

interface PollSystem {
  readonly table: DescriptorTable;
  /** Nanoseconds of a clock. */
  now(id: number): bigint;
  sleep(milliseconds: number): void;
}

const subscriptionSize = 48;
const eventSize = 32;
const absoluteTime = 1;

/**
 * `poll_oneoff`. Files are always ready, and so is whatever is written to. What comes on a stream cannot come while the program waits
 * here: with a clock beside it, it is not ready; alone it is, for reading waits by itself. Answers how many events were written.
 */
export function pollOnce(memory: ProgramMemory, subscriptions: number, events: number, count: number, system: PollSystem): number {
  if (count === 0) throw new WasiError('EINVAL');
  let written = 0;
  const tell = (userdata: bigint, type: number, errno: number, bytes = 0n) => {
    const at = (events >>> 0) + eventSize * written++;
    memory.setBytes(at, new Uint8Array(eventSize));
    memory.setU64(at, userdata);
    memory.setU16(at + 8, errno);
    memory.setByte(at + 10, type);
    memory.setU64(at + 16, bytes);
  };
  const streams: bigint[] = [];
  const clocks: { readonly userdata: bigint; readonly id: number; readonly until: bigint }[] = [];
  for (let index = 0; index < count; index++) {
    const at = (subscriptions >>> 0) + subscriptionSize * index;
    const userdata = memory.u64(at);
    const type = memory.byte(at + 8);
    if (type === eventType.clock) {
      const id = memory.u32(at + 16);
      const timeout = memory.u64(at + 24);
      clocks.push({ userdata, id, until: (memory.u16(at + 40) & absoluteTime) === 0 ? system.now(id) + timeout : timeout });
      continue;
    }
    if (type !== eventType.read && type !== eventType.write) throw new WasiError('EINVAL');
    try {
      const row = system.table.get(memory.u32(at + 16), right.POLL_FD_READWRITE);
      if (type === eventType.read && row.type !== fileType.regular) streams.push(userdata);
      else tell(userdata, type, 0, row.type === fileType.regular ? 1n : 0n);
    } catch (error) {
      tell(userdata, type, errnoOf(error) ?? (errnos['EIO'] as number));
    }
  }
  if (clocks.length === 0) for (const userdata of streams) tell(userdata, eventType.read, 0);
  if (written > 0) return written;
  const left = ({ id, until }: { readonly id: number; readonly until: bigint }) => Number(until - system.now(id)) / 1e6;
  const first = Math.min(...clocks.map(left));
  if (first > 0) system.sleep(first);
  for (const waited of clocks) if (left(waited) <= first || left(waited) <= 0) tell(waited.userdata, eventType.clock, 0);
  return written;
}
