/** Events of the elements. All bubble and cross shadow roots. */
import type { Container } from '../../runtime/index.ts';
import type { ConsoleValue } from './console-value.ts';
import { codeOf, messageOf } from './element-error.ts';

const everywhere = { bubbles: true, composed: true } as const;

/** `bv-error`: something could not be done. The element shows it too. */
export class BvErrorEvent extends Event {
  readonly error: unknown;
  /** For the reader. */
  readonly message: string;
  /** Permanent, such as `ERR_BV_ASSET`; undefined for errors of other origin. */
  readonly code: string | undefined;

  constructor(error: unknown) {
    super('bv-error', everywhere);
    this.error = error;
    this.message = messageOf(error);
    this.code = codeOf(error);
  }
}

/** `bv-change`: the reader edited a file. Not sent for changes that programs or scripts make. */
export class BvFileChangeEvent extends Event {
  readonly file: string;
  readonly value: string;

  constructor(file: string, value: string) {
    super('bv-change', everywhere);
    this.file = file;
    this.value = value;
  }
}

/** `bv-run`: the container is about to start its commands. Cancelable. */
export class BvRunEvent extends Event {
  constructor() {
    super('bv-run', { ...everywhere, cancelable: true });
  }
}

/** `bv-stop`: the container's terminals were ended. */
export class BvStopEvent extends Event {
  constructor() {
    super('bv-stop', everywhere);
  }
}

/** `bv-reset`: the author's files are back. */
export class BvResetEvent extends Event {
  constructor() {
    super('bv-reset', everywhere);
  }
}

/** `bv-ready`: the runtime is up and holds the files; commands start after it. */
export class BvReadyEvent extends Event {
  readonly container: Container;

  constructor(container: Container) {
    super('bv-ready', everywhere);
    this.container = container;
  }
}

/** `bv-terminal-start`: a terminal's shell runs. */
export class BvTerminalStartEvent extends Event {
  readonly pid: number;

  constructor(pid: number) {
    super('bv-terminal-start', everywhere);
    this.pid = pid;
  }
}

/** `bv-terminal-exit`: a terminal's shell ended by itself. */
export class BvTerminalExitEvent extends Event {
  /** 128 + n for a signal. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('bv-terminal-exit', everywhere);
    this.exitCode = exitCode;
  }
}

/** `bv-load`: a preview shows a document. */
export class BvPreviewLoadEvent extends Event {
  readonly port: number;
  readonly url: string;

  constructor(port: number, url: string) {
    super('bv-load', everywhere);
    this.port = port;
    this.url = url;
  }
}

/** `bv-console`: a page in a preview wrote to its console. */
export class BvPreviewConsoleEvent extends Event {
  readonly level: string;
  /** Texts, numbers, booleans and null as they are; anything else described in words. */
  readonly args: readonly unknown[];
  /** The same with the parts of objects; undefined where none has any. */
  readonly values: readonly ConsoleValue[] | undefined;

  constructor(level: string, args: readonly unknown[], values?: readonly ConsoleValue[]) {
    super('bv-console', everywhere);
    this.level = level;
    this.args = args;
    this.values = values;
  }
}

/**
 * `bv-open`: a file is to be shown, such as that of a line in a stack trace. Dispatch it on the container, or in it: an
 * editor of that container answers, and prevents the event's default.
 */
export class BvOpenEvent extends Event {
  readonly file: string;
  /** Counted from 1; undefined: where the reader was. */
  readonly line: number | undefined;
  /** Counted from 1. */
  readonly column: number | undefined;
  /** The reader stays where the focus is. */
  readonly keepFocus: boolean;

  constructor(file: string, line?: number, column?: number, { keepFocus = false }: { readonly keepFocus?: boolean } = {}) {
    super('bv-open', { ...everywhere, cancelable: true });
    this.file = file;
    this.line = line;
    this.column = column;
    this.keepFocus = keepFocus;
  }
}

declare global {
  interface HTMLElementEventMap {
    'bv-error': BvErrorEvent;
    'bv-change': BvFileChangeEvent;
    'bv-run': BvRunEvent;
    'bv-stop': BvStopEvent;
    'bv-reset': BvResetEvent;
    'bv-ready': BvReadyEvent;
    'bv-terminal-start': BvTerminalStartEvent;
    'bv-terminal-exit': BvTerminalExitEvent;
    'bv-load': BvPreviewLoadEvent;
    'bv-console': BvPreviewConsoleEvent;
    'bv-open': BvOpenEvent;
  }
}
