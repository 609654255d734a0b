/** Carries out what `trap` has set. */
import type { Shell } from '../shell.ts';

// Signals and traps.

export async function runTraps(shell: Shell): Promise<void> {
  for (const signal of shell.pendingSignals.splice(0)) {
    const action = shell.traps.get(signal);
    if (action) await runTrap(shell, signal, action);
  }
}

export async function runTrap(shell: Shell, name: string, action: string): Promise<void> {
  const { status } = shell;
  const saved = shell.traps.get(name);
  if (name === 'ERR') shell.traps.delete(name);
  try {
    await shell.evaluate(action);
  } finally {
    if (name === 'ERR' && saved !== undefined) shell.traps.set(name, saved);
    shell.status = status;
  }
}
