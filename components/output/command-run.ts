import type { Container } from '../../runtime/index.ts';

export interface CommandListeners {
  /** `text` came; the program waits until it is taken. */
  onText(stream: 'stdout' | 'stderr', text: string): void;
}

/** A line of shell that runs without a terminal, with what it prints. */
export class CommandRun {
  /** Its exit code, 128 + n for a signal, once all it printed was told. Rejects if it could not be started, or was ended by the signal. */
  readonly ended: Promise<number>;

  /** Colours are asked for: there is no terminal for programs to find out by. */
  constructor(container: Container, command: string, signal: AbortSignal, listeners: CommandListeners) {
    this.ended = this.#run(container, command, signal, listeners);
  }

  async #run(container: Container, command: string, signal: AbortSignal, listeners: CommandListeners): Promise<number> {
    const process = await container.spawn('sh', ['-c', command], { tty: false, signal, env: { FORCE_COLOR: 1 } });
    const read = async (stream: 'stdout' | 'stderr') => {
      const reader = process[stream]
        .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
        .getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return;
        listeners.onText(stream, value);
      }
    };
    void process.stdin.close().catch(() => undefined); // It did not want any.
    await Promise.all([read('stdout'), read('stderr')]);
    signal.throwIfAborted();
    return process.exit;
  }
}
