import type { Container, TerminalProcess } from '../../runtime/index.ts';

/** How long a shell may take for its prompt before the command is typed all the same, in milliseconds. */
const promptMs = 5000;

export interface SessionOptions {
  /** Typed into the shell at its first prompt; empty for none. */
  readonly command: string;
  readonly size: { readonly cols: number; readonly rows: number };
  /** Shows output. The program waits for it. */
  readonly write: (text: string) => Promise<void>;
  /** Ends the shell and all that runs on its terminal. */
  readonly signal: AbortSignal;
}

/** An interactive shell on a terminal, with its first command typed as a reader would: Ctrl-C ends it and gives a prompt. */
export class TerminalSession {
  readonly pid: number;
  /** 128 + n for a signal. Rejects if the runtime goes first. */
  readonly exit: Promise<number>;
  readonly #process: TerminalProcess;
  readonly #input: WritableStreamDefaultWriter<string>;

  private constructor(process: TerminalProcess) {
    this.pid = process.pid;
    this.exit = process.exit;
    this.#process = process;
    this.#input = process.input.getWriter();
    this.#input.closed.catch(() => undefined); // Told by `exit`.
  }

  /** @throws {PosixError} `EAGAIN` at the process limit. @throws the signal's reason. */
  static async start(container: Container, { command, size, write, signal }: SessionOptions): Promise<TerminalSession> {
    const process = await container.spawn('sh', { terminal: { cols: size.cols, rows: size.rows } });
    const session = new TerminalSession(process);
    if (signal.aborted) {
      session.#end();
      signal.throwIfAborted();
    }
    signal.addEventListener('abort', () => session.#end(), { once: true });
    void session.#show(command, write, signal);
    return session;
  }

  async #show(command: string, write: SessionOptions['write'], signal: AbortSignal): Promise<void> {
    let typed = command === '';
    const type = () => {
      if (typed) return;
      typed = true;
      this.send(`${command}\r`);
    };
    const late = setTimeout(type, promptMs);
    const reader = this.#process.output.getReader();
    signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true }); // Closed already.
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return;
        await write(value);
        type();
      }
    } catch {
      // The runtime is gone, which `exit` tells.
    } finally {
      clearTimeout(late);
    }
  }

  /** What the reader typed. Dropped when the shell has ended. */
  send(text: string): void {
    this.#input.write(text).catch(() => undefined); // Told by `exit`.
  }

  resize(size: { readonly cols: number; readonly rows: number }): void {
    this.#process.resize(size);
  }

  #end(): void {
    this.#process.kill('SIGHUP');
    // A shell may ignore the hang-up; nothing ignores this.
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 500);
    this.exit.catch(() => undefined).finally(() => clearTimeout(kill));
  }
}
