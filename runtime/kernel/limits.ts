/**
 * Every limit of the kernel: its unit, its default, why it is that, and what happens beyond. An author may lower or raise
 * those with `perContainer`; the others protect the page and are fixed.
 */
export interface LimitRow {
  readonly unit: 'count' | 'bytes' | 'milliseconds';
  readonly value: number;
  readonly reason: string;
  readonly beyond: string;
  readonly perContainer: boolean;
}

const KiB = 1024;
const MiB = 1024 * KiB;

export const limitTable = {
  processes: {
    unit: 'count',
    value: 256,
    perContainer: true,
    reason: 'a fork bomb must not take the page with it',
    beyond: 'spawn fails with EAGAIN, the reader is told',
  },
  workersPerPage: {
    unit: 'count',
    value: 48,
    perContainer: false,
    reason: 'browsers slow down or refuse workers somewhere between 60 and 500',
    beyond: 'spawn fails with EAGAIN, the reader is told',
  },
  openFiles: {
    unit: 'count',
    value: 1024,
    perContainer: true,
    reason: 'the soft RLIMIT_NOFILE of Linux; a program that leaks descriptors learns of it',
    beyond: 'the call fails with EMFILE',
  },
  handlesPerConnection: {
    unit: 'count',
    value: 16_384,
    perContainer: false,
    reason: 'the shared worker holds the handles of all its processes',
    beyond: 'the call fails with ENFILE',
  },
  fileSize: {
    unit: 'bytes',
    value: 256 * MiB,
    perContainer: true,
    reason: 'a file that was written lives in memory, once per replica that reads it',
    beyond: 'the change is rejected with EFBIG and taken back in the replica of the program, the reader is told',
  },
  totalBytes: {
    unit: 'bytes',
    value: 512 * MiB,
    perContainer: true,
    reason: 'what is written over the layers is kept in memory and saved',
    beyond: 'the change is rejected with ENOSPC and taken back in the replica of the program, the reader is told',
  },
  files: {
    unit: 'count',
    value: 200_000,
    perContainer: true,
    reason: 'each file of the upper tree costs about 300 bytes in every replica',
    beyond: 'the change is rejected with ENOSPC and taken back in the replica of the program, the reader is told',
  },
  pathBytes: {
    unit: 'bytes',
    value: 4096,
    perContainer: false,
    reason: 'PATH_MAX of Linux',
    beyond: 'the call fails with ENAMETOOLONG',
  },
  nameBytes: {
    unit: 'bytes',
    value: 255,
    perContainer: false,
    reason: 'NAME_MAX of Linux',
    beyond: 'the call fails with ENAMETOOLONG',
  },
  messageBytes: {
    unit: 'bytes',
    value: 16 * MiB,
    perContainer: false,
    reason: 'one message is copied as a whole while the kernel does nothing else',
    beyond: 'the write fails with ENOBUFS; programs write in pieces',
  },
  changesPerMessage: {
    unit: 'count',
    value: 65_536,
    perContainer: false,
    reason: 'the kernel applies a batch in one go',
    beyond: 'the worker is ended for a bad message',
  },
  pipeCapacity: {
    unit: 'bytes',
    value: 64 * KiB,
    perContainer: false,
    reason: 'pipe(7) of Linux; programs rely on a write of this size not waiting',
    beyond: 'the write waits for a reader',
  },
  queuedBytes: {
    unit: 'bytes',
    value: 32 * MiB,
    perContainer: true,
    reason: 'a program that does not wait for its writes, into a stream nobody reads',
    beyond: 'the write fails with ENOBUFS, the reader is told',
  },
  ttyInput: {
    unit: 'bytes',
    value: 4096,
    perContainer: false,
    reason: 'the line buffer of a Linux tty (N_TTY_BUF_SIZE)',
    beyond: 'further typing into a line is dropped; pasted text waits',
  },
  channelMessages: {
    unit: 'count',
    value: 100_000,
    perContainer: true,
    reason: 'messages to a thread that has not started are kept',
    beyond: 'the message is dropped, the reader is told',
  },
  backlog: {
    unit: 'count',
    value: 511,
    perContainer: true,
    reason: "Node's default; connections that nobody accepts cost memory",
    beyond: 'connect fails with ECONNREFUSED',
  },
  connections: {
    unit: 'count',
    value: 4096,
    perContainer: true,
    reason: 'open connections of one container',
    beyond: 'connect fails with ENFILE',
  },
  pendingCalls: {
    unit: 'count',
    value: 65_536,
    perContainer: false,
    reason: 'calls of one worker that wait; each holds a little memory',
    beyond: 'the call fails with EAGAIN',
  },
  argumentBytes: {
    unit: 'bytes',
    value: 2 * MiB,
    perContainer: true,
    reason: 'ARG_MAX of Linux with its usual stack: arguments and environment together',
    beyond: 'spawn fails with E2BIG',
  },
  argumentItemBytes: {
    unit: 'bytes',
    value: 128 * KiB,
    perContainer: false,
    reason: 'MAX_ARG_STRLEN of Linux: one argument or variable',
    beyond: 'spawn fails with E2BIG',
  },
  layers: {
    unit: 'count',
    value: 20_000,
    perContainer: false,
    reason: 'layers that a trusted program adds at once; the largest install seen in the wild has 4,000 packages',
    beyond: 'the worker is ended',
  },
  poolSize: {
    unit: 'count',
    value: 4,
    perContainer: false,
    reason: 'an idle worker costs 5–20 MB; a program may not ask for more',
    beyond: 'no more idle workers are kept',
  },
  idleShared: {
    unit: 'count',
    value: 1,
    perContainer: false,
    reason: 'a worker of the shell costs 4.5 MB, to give it to another container less than a millisecond',
    beyond: 'of containers in which nothing runs, those used longer ago give theirs up until they are used again',
  },
  idleContainers: {
    unit: 'count',
    value: 2,
    perContainer: false,
    reason: 'an idle worker of node and its frame cost 40 MB, to start them 300 ms; a reader goes to and fro between few containers',
    beyond: 'of containers in which nothing runs, those used longer ago give up all workers until they are used again',
  },
  keptExits: {
    unit: 'count',
    value: 1024,
    perContainer: false,
    reason: 'the page may wait for a process after it ended',
    beyond: 'the oldest status is forgotten; wait fails with ESRCH',
  },
  httpHeadBytes: {
    unit: 'bytes',
    value: 64 * KiB,
    perContainer: false,
    reason: 'four times what Node sends or accepts by default',
    beyond: 'the response is refused with EPROTO',
  },
  outboundIdle: {
    unit: 'milliseconds',
    value: 5000,
    perContainer: false,
    reason: "Node's own keepAliveTimeout: a program that does not read an answer to its end, or keeps its agent, still ends",
    beyond: 'a connection to a host outside on which no further request begins is closed',
  },
  outboundStall: {
    unit: 'milliseconds',
    value: 60_000,
    perContainer: false,
    reason: "Node's own headersTimeout, and how long nginx waits for a client that neither sends nor reads",
    beyond: 'the connection to a host outside is reset',
  },
  auditEvents: {
    unit: 'count',
    value: 500,
    perContainer: false,
    reason: 'a log of what was refused, for the curious reader',
    beyond: 'the oldest event is dropped',
  },
  engineMemoryBytes: {
    unit: 'bytes',
    value: 128 * MiB,
    perContainer: true,
    reason: 'a program on QuickJS shares the memory of the page with everything else on it',
    beyond: 'the process ends with SIGABRT, as Node does when its heap is full, and says so on its standard error',
  },
  engineCpuMs: {
    unit: 'milliseconds',
    value: 30_000,
    perContainer: true,
    reason: 'a program on QuickJS that never yields cannot be asked to stop',
    beyond: 'the process ends with SIGXCPU and says so on its standard error',
  },
  silentMs: {
    unit: 'milliseconds',
    value: 20_000,
    perContainer: true,
    reason:
      'where programs share the process of the page (host/README.md, "Memory"), one that allocates without a pause takes the page with it: about 5 GB in this time',
    beyond: 'there, a native program without a pause or a system call for so long ends with SIGXCPU and says so on its standard error',
  },
  workerStart: {
    unit: 'milliseconds',
    value: 120_000,
    perContainer: false,
    reason:
      'a cold, slow phone still runs the script of a worker in this time, and so does a machine with ten times more to do than it can (it took 30 s there); loading the script is not counted',
    beyond: 'the worker is ended and spawn fails with EAGAIN',
  },
  killGrace: {
    unit: 'milliseconds',
    value: 5000,
    perContainer: false,
    reason:
      'a coroutine of the shared worker is asked to stop; the worker itself cannot be ended for it. On a busy machine, or while it unpacks a large archive, even a healthy one may answer late',
    beyond: 'the shared worker counts as stuck: it is ended with all its processes and started anew',
  },
} as const satisfies Record<string, LimitRow>;

export type LimitName = keyof typeof limitTable;

/** The limits of one container: the table, with what its author changed. */
export class LimitSet {
  readonly #values: Map<LimitName, number>;

  /** Unknown names, fixed limits and values that are not positive integers are refused with a `RangeError`. */
  constructor(changed: Readonly<Record<string, number>> = {}) {
    this.#values = new Map();
    for (const [name, value] of Object.entries(changed)) {
      const row: LimitRow | undefined = Object.hasOwn(limitTable, name) ? limitTable[name as LimitName] : undefined;
      if (row === undefined) throw new RangeError(`Unknown limit "${name}"`);
      if (!row.perContainer) throw new RangeError(`The limit "${name}" is fixed`);
      if (!Number.isSafeInteger(value) || value < 1)
        throw new RangeError(`The limit "${name}" must be a positive integer, not ${String(value)}`);
      this.#values.set(name as LimitName, value);
    }
  }

  get(name: LimitName): number {
    return this.#values.get(name) ?? limitTable[name].value;
  }

  toJSON(): Readonly<Record<string, number>> {
    return Object.fromEntries((Object.keys(limitTable) as LimitName[]).map((name) => [name, this.get(name)]));
  }
}
