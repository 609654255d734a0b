import type { SignalName } from '../base/signals.ts';

/** What a signal does to a process that neither handles nor ignores it (signal(7)). */
export type SignalDefault = 'terminate' | 'ignore' | 'stop' | 'continue';

export function signalDefault(signal: SignalName): SignalDefault {
  switch (signal) {
    case 'SIGCHLD':
    case 'SIGURG':
    case 'SIGWINCH':
      return 'ignore';
    case 'SIGSTOP':
    case 'SIGTSTP':
    case 'SIGTTIN':
    case 'SIGTTOU':
      return 'stop';
    case 'SIGCONT':
      return 'continue';
    default:
      return 'terminate';
  }
}

/** No program can handle, ignore or block these. */
export function isUnstoppable(signal: SignalName): boolean {
  return signal === 'SIGKILL' || signal === 'SIGSTOP';
}
