/** How bash lists signals, and tells that one ended a program. */
import { signalNumbers, type SignalName } from '../../../base/signals.ts';

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

/** As `kill -l` and `trap -l` print it: five in a row. */
export function signalTable(): string {
  const names = (Object.keys(signalNumbers) as SignalName[]).map((name) => `${String(signalNumbers[name]).padStart(2)}) ${name}`);
  return names.map((name, i) => `${name}${i % 5 === 4 || i === names.length - 1 ? '\n' : '\t'}`).join('');
}
