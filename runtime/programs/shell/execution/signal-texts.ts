/** How bash tells that a signal ended a program. */
import type { SignalName } from '../../../base/signals.ts';

export function signalText(signal: SignalName): string {
  const texts: Partial<Record<SignalName, string>> = {
    SIGHUP: 'Hangup',
    SIGQUIT: 'Quit',
    SIGILL: 'Illegal instruction',
    SIGABRT: 'Aborted',
    SIGKILL: 'Killed',
    SIGSEGV: 'Segmentation fault',
    SIGTERM: 'Terminated',
    SIGUSR1: 'User defined signal 1',
    SIGUSR2: 'User defined signal 2',
    SIGALRM: 'Alarm clock',
    SIGPIPE: 'Broken pipe',
    SIGINT: 'Interrupt',
  };
  return texts[signal] ?? signal;
}
