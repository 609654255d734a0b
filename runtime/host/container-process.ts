/** A process of a container, as the page holds it. */
import type { Handle, Pid } from '../base/ids.ts';
import { BvError, PosixError } from '../base/errors.ts';
import { signalNumbers, type SignalName } from '../base/signals.ts';
import type { ContainerId, HostSpawnResult } from '../wires/host-wire.ts';
import type { ContainerCalls } from './container-calls.ts';
import type { ContainerListeners, OutputEvent } from './container-events.ts';
import { readableOf, textWritable, writableOf } from './streams.ts';
import { ttySizeOf } from './tty-size.ts';

/** How a process ended: by itself with `code`, or by `signal`. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: SignalName | null;
}

/** `128 + n` for a signal, as a shell reports it. */
function exitNumber({ code, signal }: ExitStatus): number {
  return signal === null ? (code ?? 0) : 128 + signalNumbers[signal];
}

/** How long a program that handles SIGTERM has for it, where it was to end. One that loops never looks. */
const killPatienceMs = 500;

/** What both kinds of process have. */
abstract class RunningProcess {
  readonly pid: Pid;
  /** How it ended. Rejects with `ERR_BV_PEER_GONE` or `ERR_BV_TORN_DOWN` if the runtime went first. */
  readonly status: Promise<ExitStatus>;
  /** The exit code, 128 + n for a signal. */
  readonly exit: Promise<number>;
  readonly #kernel: ContainerCalls;
  readonly #container: ContainerId;

  constructor(kernel: ContainerCalls, container: ContainerId, pid: Pid) {
    this.#kernel = kernel;
    this.#container = container;
    this.pid = pid;
    this.status = kernel.call('wait', { container, pid }).then(({ code, signal }) => ({ code, signal }));
    this.exit = this.status.then(exitNumber);
    this.exit.catch(() => undefined); // Whoever awaits it is told; nobody has to.
  }

  /** Makes it end: whatever handles SIGTERM and has not ended by itself gets SIGKILL. Resolves when the first was sent. */
  protected end(group: boolean, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    const sent = this.signal('SIGTERM', group, options);
    const kill = setTimeout(() => void this.signal('SIGKILL', group).catch(() => undefined), killPatienceMs); // The runtime went first.
    const over = () => clearTimeout(kill);
    sent.catch(over); // Told to the caller: it was never asked to end.
    this.exit.then(over, over);
    return sent;
  }

  /** Sends a signal to the process and, for a terminal's process, to its whole group. Resolves when it was sent. */
  protected signal(signal: SignalName, group: boolean, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#kernel.call('kill', { container: this.#container, pid: this.pid, signal, group }, options).then(
      () => undefined,
      (error: unknown) => {
        // It has ended already, by itself or with its container, which is what was wanted.
        if (!['ESRCH', 'ERR_BV_TORN_DOWN', 'ERR_BV_PEER_GONE'].includes((error as { code?: string }).code ?? '')) throw error;
      },
    );
  }
}

/** Tells listeners what is read of an output, as text; nothing is decoded while nobody listens. */
function teller(listeners: ContainerListeners, pid: Pid, stream: OutputEvent['stream']): (bytes: Uint8Array) => void {
  let decoder: TextDecoder | undefined;
  return (bytes) => {
    if (!listeners.has('output')) return;
    const text = (decoder ??= new TextDecoder()).decode(bytes, { stream: true });
    if (text !== '') listeners.emit('output', { pid, stream, text });
  };
}

/** A process on a terminal: one stream of text each way, as the WebContainer API has it. */
export class TerminalProcess extends RunningProcess {
  /** What is typed. After the end of the process it goes nowhere. */
  readonly input: WritableStream<string>;
  readonly output: ReadableStream<string>;
  readonly #kernel: ContainerCalls;
  readonly #master: Handle;

  constructor(
    kernel: ContainerCalls,
    container: ContainerId,
    { pid, stdin }: HostSpawnResult,
    options: { readonly output: boolean; readonly listeners: ContainerListeners },
  ) {
    super(kernel, container, pid);
    this.#kernel = kernel;
    this.#master = stdin;
    this.input = textWritable(writableOf(kernel, stdin, { keepOpen: true, ignoreGone: true }));
    const bytes = readableOf(kernel, stdin, teller(options.listeners, pid, 'terminal'));
    if (options.output) {
      this.output = bytes.pipeThrough(new TextDecoderStream());
    } else {
      bytes.pipeTo(new WritableStream()).catch(() => undefined); // Drained so that the program never waits for a reader.
      this.output = new ReadableStream({ start: (controller) => controller.close() });
    }
  }

  /**
   * Sends `signal` to all that runs on it; without one it ends: SIGTERM, and half a second later SIGKILL to what handled that.
   *
   * @throws {PosixError} `EINVAL` for a signal that does not exist.
   */
  kill(signal?: SignalName): void {
    if (signal !== undefined && !Object.hasOwn(signalNumbers, signal)) throw new PosixError('EINVAL', { syscall: 'kill' });
    void (signal === undefined ? this.end(true) : this.signal(signal, true));
  }

  /**
   * In character cells.
   *
   * @throws {RangeError} unless both are whole numbers from 1 to 65535.
   */
  resize(cells: { cols: number; rows: number }): void {
    this.#kernel.call('setTtySize', { handle: this.#master, size: ttySizeOf(cells) }).catch(() => undefined); // It has ended.
  }
}

/** A process with a byte stream for each of its three descriptors. Unread output makes the program wait. */
export class PipedProcess extends RunningProcess {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor(
    kernel: ContainerCalls,
    container: ContainerId,
    { pid, stdin, stdout, stderr }: HostSpawnResult,
    listeners: ContainerListeners,
  ) {
    super(kernel, container, pid);
    this.stdin = writableOf(kernel, stdin, { keepOpen: false });
    this.stdout = readableOf(kernel, stdout, teller(listeners, pid, 'stdout'));
    this.stderr = readableOf(kernel, stderr, teller(listeners, pid, 'stderr'));
  }

  /**
   * Sends `signal`; without one it ends: SIGTERM, and SIGKILL half a second later if it handled that. Resolves when it was sent.
   *
   * @throws {PosixError} `EINVAL` for a signal that does not exist.
   */
  async kill(signal?: SignalName, options: { signal?: AbortSignal } = {}): Promise<void> {
    await (signal === undefined ? this.end(false, options) : this.signal(signal, false, options));
  }
}

/** Rejects as soon as `signal` aborts, else with what `work` comes to. `onAbort` ends what was started. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined, onAbort: () => void): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) {
    onAbort();
    throw signal.reason;
  }
  let listener: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    listener = () => {
      onAbort();
      reject((signal.reason as Error | undefined) ?? new BvError('ERR_BV_TORN_DOWN', 'The call was aborted'));
    };
    signal.addEventListener('abort', listener, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (listener !== undefined) signal.removeEventListener('abort', listener);
  }
}
