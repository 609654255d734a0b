/** `trap`. */
import { signalNumbers, type SignalName } from '../../../base/signals.ts';
import { signalTable } from '../execution/signal-texts.ts';
import type { Shell } from '../shell.ts';
import { quoteText } from '../variables/variables.ts';

export async function trap(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  const canonical = (name: string): string | undefined => {
    if (name === '0' || name.toUpperCase() === 'EXIT') return 'EXIT';
    if (/^(ERR|DEBUG|RETURN)$/i.test(name)) return name.toUpperCase();
    if (/^\d+$/.test(name)) return (Object.keys(signalNumbers) as SignalName[]).find((signal) => signalNumbers[signal] === Number(name));
    const full = name.toUpperCase().startsWith('SIG') ? name.toUpperCase() : `SIG${name.toUpperCase()}`;
    return full in signalNumbers ? full : undefined;
  };
  if (args[0] === '-l') {
    await shell.write(1, signalTable());
    return 0;
  }
  if (args[0] === '--') args = args.slice(1);
  if (args.length === 0 || args[0] === '-p') {
    const wanted = args.slice(1).map(canonical);
    const order = (name: string) => (name === 'EXIT' ? 0 : (signalNumbers[name as SignalName] ?? 99));
    for (const [name, action] of [...shell.traps].sort(([a], [b]) => order(a) - order(b)))
      if (wanted.length === 0 || wanted.includes(name)) await shell.write(1, `trap -- ${quoteText(action)} ${name}\n`);
    return 0;
  }
  const reset = args.length === 1 || args[0] === '-' || /^\d+$/.test(args[0] as string);
  const action = reset ? undefined : (args[0] as string);
  let status = 0;
  for (const name of args[0] === '-' || !reset ? args.slice(1) : args) {
    const signal = canonical(name);
    if (signal === undefined) {
      await shell.complain(`trap: ${name}: invalid signal specification`);
      status = 1;
      continue;
    }
    if (action === undefined) shell.traps.delete(signal);
    else shell.traps.set(signal, action);
    if (!(signal in signalNumbers) || signal === 'SIGKILL' || signal === 'SIGSTOP') continue;
    const armed = shell.trapping.get(shell) ?? new Map<string, () => void>();
    if (!shell.trapping.has(shell) && shell.subshellDepth > 0) shell.interrupt = new AbortController(); // Its parent's waits go on.
    shell.trapping.set(shell, armed);
    armed.set(signal, () => arm(shell, signal as SignalName));
    arm(shell, signal as SignalName);
  }
  return status;
}

/** Has this process do on a signal what the traps of its shells say (subshells are no processes of their own), or what it did without them. */
function arm(shell: Shell, signal: SignalName): void {
  const { syscalls } = shell.context;
  const shells = [...shell.trapping.keys()].filter(({ traps }) => traps.has(signal));
  const own = shell.dispositions.get(signal);
  if (shells.length === 0) {
    syscalls.onSignal(signal, own ?? null);
    if (own === null) syscalls.notify({ kind: 'disposition', signal, action: 'ignore' });
    return;
  }
  syscalls.onSignal(signal, () => {
    for (const trapping of shells) {
      if (trapping.traps.get(signal) === '') continue;
      trapping.pendingSignals.push(signal);
      trapping.interrupt.abort();
      trapping.interrupt = new AbortController();
    }
  });
}
