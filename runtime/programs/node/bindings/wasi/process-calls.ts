import { clock, WasiError } from './abi.ts';
import { stringsSize } from './memory.ts';
import { pollOnce } from './poll.ts';
import type { WasiSystem } from './system.ts';

/** Arguments, environment, clocks, randomness, and what a program does to itself. Sockets that were not inherited do not exist. */
export const processCalls = (system: WasiSystem) => {
  const noSocket = (fd: number): never => {
    system.table.get(fd);
    throw new WasiError('ENOTSOCK');
  };
  return {
    args_get(table: number, at: number): void {
      system.mem.setStrings(table, at, system.args);
    },
    args_sizes_get(count: number, size: number): void {
      system.mem.setU32(count, system.args.length);
      system.mem.setU32(size, stringsSize(system.args));
    },
    environ_get(table: number, at: number): void {
      system.mem.setStrings(table, at, system.env);
    },
    environ_sizes_get(count: number, size: number): void {
      system.mem.setU32(count, system.env.length);
      system.mem.setU32(size, stringsSize(system.env));
    },

    clock_res_get(id: number, at: number): void {
      system.now(id);
      // The best that a page may be told (5 µs), or a whole millisecond of the calendar.
      system.mem.setU64(at, id === clock.realtime ? 1_000_000n : 5000n);
    },
    clock_time_get(id: number, _precision: bigint, at: number): void {
      system.mem.setU64(at, system.now(id));
    },

    random_get(at: number, size: number): void {
      const bytes = new Uint8Array(size >>> 0);
      system.realm.platform.randomFill(bytes);
      system.mem.setBytes(at, bytes);
    },

    poll_oneoff(subscriptions: number, events: number, count: number, at: number): void {
      const sleep = (milliseconds: number) => system.realm.internalBinding('util').sleep(milliseconds);
      system.mem.setU32(
        at,
        pollOnce(system.mem, subscriptions, events, count, { now: (id) => system.now(id), sleep, table: system.table }),
      );
    },
    proc_exit(code: number): void {
      system.realm.process['reallyExit'](code);
    },
    proc_raise(signal: number): void {
      // The numbers of WASI's signals are Linux's, where both have one.
      system.realm.process['kill'](system.realm.process['pid'], signal);
    },
    sched_yield(): void {},

    sock_accept(fd: number): void {
      noSocket(fd);
    },
    sock_recv(fd: number): void {
      noSocket(fd);
    },
    sock_send(fd: number): void {
      noSocket(fd);
    },
    sock_shutdown(fd: number): void {
      noSocket(fd);
    },
  };
};
