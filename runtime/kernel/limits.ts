/** A limit of the kernel. An author may lower or raise those with `perContainer`; the others protect the page and are fixed. */
export interface LimitRow {
  readonly value: number;
  readonly perContainer: boolean;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** Every limit of the kernel with its default: its unit if it is no count, why it is that, and what happens beyond. */
export const limitTable = {
  /** A fork bomb must not take the page with it. Beyond: spawn fails with EAGAIN, the reader is told. */
  processes: { value: 256, perContainer: true },
  /** Browsers slow down or refuse workers somewhere between 60 and 500. Beyond: spawn fails with EAGAIN, the reader is told. */
  workersPerPage: { value: 48, perContainer: false },
  /** The soft RLIMIT_NOFILE of Linux; a program that leaks descriptors learns of it. Beyond: the call fails with EMFILE. */
  openFiles: { value: 1024, perContainer: true },
  /** The shared worker holds the handles of all its processes. Beyond: the call fails with ENFILE. */
  handlesPerConnection: { value: 16_384, perContainer: false },
  /**
   * Bytes. A file that was written lives in memory, once per replica that reads it. Beyond: the change is rejected with EFBIG and
   * taken back in the replica of the program, the reader is told.
   */
  fileSize: { value: 256 * MiB, perContainer: true },
  /**
   * Bytes. What is written over the layers is kept in memory and saved. Beyond: the change is rejected with ENOSPC and taken back in
   * the replica of the program, the reader is told.
   */
  totalBytes: { value: 512 * MiB, perContainer: true },
  /**
   * Each file of the upper tree costs about 300 bytes in every replica. Beyond: the change is rejected with ENOSPC and taken back in
   * the replica of the program, the reader is told.
   */
  files: { value: 200_000, perContainer: true },
  /** Bytes. PATH_MAX of Linux. Beyond: the call fails with ENAMETOOLONG. */
  pathBytes: { value: 4096, perContainer: false },
  /** Bytes. NAME_MAX of Linux. Beyond: the call fails with ENAMETOOLONG. */
  nameBytes: { value: 255, perContainer: false },
  /**
   * Bytes. One message is copied as a whole while the kernel does nothing else. Beyond: the write fails with ENOBUFS; programs write
   * in pieces.
   */
  messageBytes: { value: 16 * MiB, perContainer: false },
  /** The kernel applies a batch in one go. Beyond: the worker is ended for a bad message. */
  changesPerMessage: { value: 65_536, perContainer: false },
  /** Bytes. Pipe(7) of Linux; programs rely on a write of this size not waiting. Beyond: the write waits for a reader. */
  pipeCapacity: { value: 64 * KiB, perContainer: false },
  /**
   * Bytes. A program that does not wait for its writes, into a stream nobody reads. Beyond: the write fails with ENOBUFS, the reader
   * is told.
   */
  queuedBytes: { value: 32 * MiB, perContainer: true },
  /** Bytes. The line buffer of a Linux tty (N_TTY_BUF_SIZE). Beyond: further typing into a line is dropped; pasted text waits. */
  ttyInput: { value: 4096, perContainer: false },
  /** Messages to a thread that has not started are kept. Beyond: the message is dropped, the reader is told. */
  channelMessages: { value: 100_000, perContainer: true },
  /** Node's default; connections that nobody accepts cost memory. Beyond: connect fails with ECONNREFUSED. */
  backlog: { value: 511, perContainer: true },
  /** Open connections of one container. Beyond: connect fails with ENFILE. */
  connections: { value: 4096, perContainer: true },
  /** Calls of one worker that wait; each holds a little memory. Beyond: the call fails with EAGAIN. */
  pendingCalls: { value: 65_536, perContainer: false },
  /** Bytes. ARG_MAX of Linux with its usual stack: arguments and environment together. Beyond: spawn fails with E2BIG. */
  argumentBytes: { value: 2 * MiB, perContainer: true },
  /** Bytes. MAX_ARG_STRLEN of Linux: one argument or variable. Beyond: spawn fails with E2BIG. */
  argumentItemBytes: { value: 128 * KiB, perContainer: false },
  /** Layers that a trusted program adds at once; the largest install seen in the wild has 4,000 packages. Beyond: the worker is ended. */
  layers: { value: 20_000, perContainer: false },
  /** An idle worker costs 5–20 MB; a program may not ask for more. Beyond: no more idle workers are kept. */
  poolSize: { value: 4, perContainer: false },
  /**
   * A worker of the shell costs 4.5 MB, to give it to another container less than a millisecond. Beyond: of containers in which
   * nothing runs, those used longer ago give theirs up until they are used again.
   */
  idleShared: { value: 1, perContainer: false },
  /**
   * An idle worker of node and its frame cost 40 MB, to start them 300 ms; a reader goes to and fro between few containers. Beyond: of
   * containers in which nothing runs, those used longer ago give up all workers until they are used again.
   */
  idleContainers: { value: 2, perContainer: false },
  /** The page may wait for a process after it ended. Beyond: the oldest status is forgotten; wait fails with ESRCH. */
  keptExits: { value: 1024, perContainer: false },
  /** Bytes. Four times what Node sends or accepts by default. Beyond: the response is refused with EPROTO. */
  httpHeadBytes: { value: 64 * KiB, perContainer: false },
  /**
   * Milliseconds. Node's own keepAliveTimeout: a program that does not read an answer to its end, or keeps its agent, still ends.
   * Beyond: a connection to a host outside on which no further request begins is closed.
   */
  outboundIdle: { value: 5000, perContainer: false },
  /**
   * Milliseconds. Node's own headersTimeout, and how long nginx waits for a client that neither sends nor reads. Beyond: the
   * connection to a host outside is reset.
   */
  outboundStall: { value: 60_000, perContainer: false },
  /** A log of what was refused, for the curious reader. Beyond: the oldest event is dropped. */
  auditEvents: { value: 500, perContainer: false },
  /**
   * Bytes. A program on QuickJS shares the memory of the page with everything else on it. Beyond: the process ends with SIGABRT, as
   * Node does when its heap is full, and says so on its standard error.
   */
  engineMemoryBytes: { value: 128 * MiB, perContainer: true },
  /**
   * Milliseconds. A program on QuickJS that never yields cannot be asked to stop. Beyond: the process ends with SIGXCPU and says so on
   * its standard error.
   */
  engineCpuMs: { value: 30_000, perContainer: true },
  /**
   * Milliseconds. Where programs share the process of the page (host/README.md, "Memory"), one that allocates without a pause takes
   * the page with it: about 5 GB in this time. Beyond: there, a native program without a pause or a system call for so long ends with
   * SIGXCPU and says so on its standard error.
   */
  silentMs: { value: 20_000, perContainer: true },
  /**
   * Milliseconds. A cold, slow phone still runs the script of a worker in this time, and so does a machine with ten times more to do
   * than it can (it took 30 s there); loading the script is not counted. Beyond: the worker is ended and spawn fails with EAGAIN.
   */
  workerStart: { value: 120_000, perContainer: false },
  /**
   * Milliseconds. A coroutine of the shared worker is asked to stop; the worker itself cannot be ended for it. On a busy machine, or
   * while it unpacks a large archive, even a healthy one may answer late. Beyond: the shared worker counts as stuck: it is ended with
   * all its processes and started anew.
   */
  killGrace: { value: 5000, perContainer: false },
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
