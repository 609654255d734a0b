/** Tells the page what the document writes to its console, and its uncaught errors. */
import type { Bridge } from './bridge.ts';
import type { WireConsole } from '../../../../runtime/wires/preview-wire.ts';
import { consoleValues } from './console-values.ts';
import { describe, filledIn, maxLength } from './describe-value.ts';

const levels = ['debug', 'log', 'info', 'warn', 'error'] as const;
/** Values as they cross the wire: plain ones as they are, anything else in words. `%s` and its like are filled in. */
function consoleArgs(args: readonly unknown[]): (string | number | boolean | null)[] {
  return filledIn(args).map((value) => {
    if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
    const text = typeof value === 'string' ? value : describe(value);
    return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  });
}

function faultOf(error: unknown): { name: string; message: string; stack: string } {
  if (error instanceof Error) {
    return {
      name: String(error.name).slice(0, 200),
      message: String(error.message).slice(0, maxLength),
      stack: String(error.stack ?? '').slice(0, maxLength),
    };
  }
  return { name: 'Error', message: describe(error).slice(0, maxLength), stack: '' };
}

/** Installs once the document's listeners may be added; native behaviour stays. */
export function installConsole(bridge: Bridge): void {
  const report = (level: WireConsole['level'], args: readonly unknown[]) => {
    const values = consoleValues(args);
    bridge.notify({ kind: 'console', level, args: consoleArgs(args), ...(values === undefined ? {} : { values }) });
  };
  const target = console as unknown as Record<string, (...args: unknown[]) => void>;
  const wrap = (name: string, level: WireConsole['level'], select: (args: unknown[]) => unknown[] | undefined) => {
    const native = target[name]?.bind(console);
    if (native === undefined) return;
    target[name] = (...args) => {
      const shown = select(args);
      if (shown !== undefined) report(level, shown);
      native(...args);
    };
  };
  for (const level of levels) wrap(level, level, (args) => args);
  for (const name of ['table', 'dir', 'dirxml', 'group', 'groupCollapsed'])
    wrap(name, 'log', (args) => (args.length === 0 ? undefined : args));
  wrap('trace', 'log', (args) => ['Trace', ...args]);
  wrap('assert', 'error', ([holds, ...args]) => (holds ? undefined : ['Assertion failed', ...args]));
}

export function installErrorReporter(bridge: Bridge): void {
  window.addEventListener('error', (event) => {
    if (event.target !== window || !(event instanceof ErrorEvent)) return;
    const error: unknown = event.error ?? new Error(event.message);
    bridge.notify({ kind: 'fault', fault: 'exception', ...faultOf(error) });
  });
  window.addEventListener('unhandledrejection', (event) => {
    bridge.notify({ kind: 'fault', fault: 'rejection', ...faultOf(event.reason) });
  });
}
