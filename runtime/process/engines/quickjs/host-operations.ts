/** What a program in QuickJS asks of its worker: every operation of `operations.ts`, done with the worker's platform and the system's calls. */
import { errorToData, type ErrorData } from '../../../base/errors.ts';
import type { Dispose } from '../../../base/disposers.ts';
import type { Handle } from '../../../base/ids.ts';
import type { SignalName } from '../../../base/signals.ts';
import type { Question } from '../../attempt.ts';
import type { TextDecoding } from '../../platform.ts';
import type { Syscalls } from '../../syscalls.ts';
import type { Cell, Engine } from './engine.ts';
import { hostParsers, type Ask } from './host-parsers.ts';
import { IntlHost, type IntlOperation } from './intl-host.ts';
import { descriptorOperations, fileOperations, operations, type OperationName } from './operations.ts';
import type { ProgramHostOptions } from './program-host.ts';

export type Operation = (args: readonly Cell[]) => Cell;

/** The program, as its operations reach it. */
export interface ProgramLink {
  readonly engine: Engine;
  readonly options: ProgramHostOptions;
  /** Fails until the process has been started. */
  readonly syscalls: Syscalls;
  /** What its memory may take. */
  readonly memoryBytes: number;
  connect(connection: Cell): void;
  /** Runs the program's callback `id`. */
  later(id: number): () => void;
  event(id: number, ...args: readonly unknown[]): void;
  /** A callback in the middle of a call of the program. */
  ask(id: number, ...args: readonly unknown[]): unknown;
  outcome(id: number, error: ErrorData | null, result: unknown): void;
  /** The time that `work` takes is not counted as the program's. */
  pausing<T>(work: () => T): T;
  stop(): void;
}

export class HostOperations {
  /** By their numbers. */
  readonly list: readonly Operation[];
  readonly #platform: ProgramHostOptions['platform'];
  readonly #decoders = new Map<number, TextDecoding>();
  readonly #calls = new Map<number, Dispose>();
  readonly #listeners = new Map<number, Dispose>();
  /** By the number of the program's callback, which is the program's name for the timer too. */
  readonly #timers = new Map<number, number>();
  readonly #intl = new IntlHost();
  #nextId = 1;

  constructor(link: ProgramLink) {
    this.#platform = link.options.platform;
    this.list = this.#make(link);
  }

  /** Ends what is under way. */
  dispose(): void {
    for (const dispose of [...this.#calls.values(), ...this.#listeners.values()]) dispose();
    for (const timer of this.#timers.values()) this.#platform.clearTimer(timer);
    this.#calls.clear();
    this.#listeners.clear();
    this.#timers.clear();
  }

  #make(link: ProgramLink): Operation[] {
    const { engine, options } = link;
    const { platform } = options;
    /** An argument by its place after the operation's number. */
    const value = (args: readonly Cell[], at: number) => (at + 1 < args.length ? engine.fromProgram(args[at + 1]!) : undefined);
    const values = (args: readonly Cell[]) => args.slice(1).map((cell) => engine.fromProgram(cell));
    /** Plain data in, plain data out. */
    const plain =
      (run: (...args: never[]) => unknown): Operation =>
      (args) =>
        engine.toProgram(run(...(values(args) as never[])));
    const bytesOf = (args: readonly Cell[], at: number) =>
      engine.bufferView(args[at + 1]!, value(args, at + 1) as number, value(args, at + 2) as number);
    const ask: Ask = (id, ...args) => link.ask(id, ...args);
    const table: Record<string, Operation> = {
      connect: (args) => {
        link.connect(engine.duplicate(args[1]!));
        return 0;
      },
      evaluate: (args) => engine.evaluate(value(args, 0) as string, value(args, 1) as string),
      now: () => engine.toProgram(platform.now()),
      postTask: plain((id: number) => platform.postTask(link.later(id))),
      setTimer: plain((id: number, delayMs: number) => {
        const run = link.later(id);
        const timer = platform.setTimer(() => {
          this.#timers.delete(id);
          run();
        }, delayMs);
        this.#timers.set(id, timer);
      }),
      clearTimer: plain((id: number) => {
        const timer = this.#timers.get(id);
        this.#timers.delete(id);
        if (timer !== undefined) platform.clearTimer(timer);
      }),
      encodeUtf8: (args) => engine.newBuffer(platform.encodeUtf8(value(args, 0) as string)),
      decodeUtf8: (args) => engine.toProgram(platform.decodeUtf8(bytesOf(args, 0).slice())),
      decoder: plain((label: string, fatal: boolean, ignoreBom: boolean) => {
        const decoder = platform.decoder(label, { fatal, ignoreBom });
        if (decoder === undefined) return undefined;
        const id = this.#nextId++;
        this.#decoders.set(id, decoder);
        return id;
      }),
      decode: (args) =>
        engine.toProgram(
          this.#decoders.get(value(args, 0) as number)!.decode(bytesOf(args, 1).slice(), { stream: value(args, 4) as boolean }),
        ),
      parseUrl: plain((url: string, base: string | undefined) => platform.parseUrl(url, base)),
      changeUrl: plain((href: string, component: 'protocol', text: string) => platform.changeUrl(href, component, text)),
      domainToAscii: plain((domain: string) => platform.domainToAscii(domain)),
      randomFill: (args) => {
        // `getRandomValues` does not take views of WebAssembly memory in every browser.
        const view = bytesOf(args, 0);
        const bytes = new Uint8Array(view.length);
        platform.randomFill(bytes);
        view.set(bytes);
        return 0;
      },
      memory: plain(() => {
        const used = engine.memoryBytes;
        return { heapUsed: used, heapTotal: used, limit: link.memoryBytes, estimated: true };
      }),
      source: plain((id: string) => options.source(id)),
      readFile: (args) => engine.newBuffer(link.syscalls.files.readFile(value(args, 0) as string)),
      read: (args) =>
        engine.toProgram(link.syscalls.files.read(value(args, 0) as number, bytesOf(args, 1), value(args, 4) as number | null)),
      write: (args) =>
        engine.toProgram(link.syscalls.files.write(value(args, 0) as number, bytesOf(args, 1).slice(), value(args, 4) as number | null)),
      watch: plain((path: string, recursive: boolean, id: number) => {
        this.#listeners.set(
          id,
          link.syscalls.files.watch(path, { recursive }, (event) => link.event(id, event)),
        );
      }),
      unwatch: plain((id: number) => {
        this.#listeners.get(id)?.();
        this.#listeners.delete(id);
      }),
      call: plain((op: 'wait', args: never, id: number) => {
        this.#calls.set(
          id,
          link.syscalls.call(op, args, ({ error, result }) => {
            this.#calls.delete(id);
            link.outcome(id, error === undefined ? null : errorToData(error), result);
          }),
        );
      }),
      cancel: plain((id: number) => {
        this.#calls.get(id)?.();
        this.#calls.delete(id);
      }),
      notify: plain((notice: Parameters<Syscalls['notify']>[0]) => link.syscalls.notify(notice)),
      exit: plain((status: Parameters<Syscalls['exit']>[0]) => {
        link.syscalls.exit(status);
        link.stop();
      }),
      onSignal: plain((signal: SignalName, id: number | null) =>
        link.syscalls.onSignal(signal, id === null ? null : (given) => link.event(id, given)),
      ),
      learn: plain((question: Question) => link.syscalls.learn?.(question)),
      listening: plain(() => link.syscalls.listening?.() ?? []),
      onMessage: plain((handle: Handle, id: number) => {
        this.#listeners.set(
          id,
          link.syscalls.onMessage(
            handle,
            (data) => link.event(id, true, data),
            () => link.event(id, false),
          ),
        );
      }),
      offMessage: plain((id: number) => {
        this.#listeners.get(id)?.();
        this.#listeners.delete(id);
      }),
      intl: plain((name: IntlOperation, ...args: unknown[]) => Reflect.apply(this.#intl[name], this.#intl, args) as unknown),
      spawnSync: plain((request: unknown) => {
        const { spawnSync } = options;
        if (spawnSync === undefined) throw new Error('This worker cannot run a child and wait for it');
        // Waiting for a child is not running: its own budget is its own.
        return link.pausing(() => spawnSync(request));
      }),
      promiseState: (args) => engine.toProgram(engine.promiseState(args[1]!)),
      promiseResult: (args) => engine.promiseResult(args[1]!),
      sleep: plain((delayMs: number) => {
        link.pausing(() => {
          if (options.sleep !== undefined) options.sleep(delayMs);
          else for (const end = platform.now() + delayMs; platform.now() < end;);
        });
      }),
    };
    for (const [name, run] of Object.entries(hostParsers(options.native, ask))) table[name] = plain(run);
    for (const name of fileOperations) {
      table[`files.${name}`] = plain((...args: unknown[]) => Reflect.apply(link.syscalls.files[name], link.syscalls.files, args));
    }
    for (const name of descriptorOperations) {
      table[`descriptors.${name}`] = plain((...args: unknown[]) =>
        Reflect.apply(link.syscalls.descriptors[name], link.syscalls.descriptors, args),
      );
    }
    return operations.map((name: OperationName) => table[name]!);
  }
}
