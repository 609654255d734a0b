/** What `set -x` shows. */
import type { Shell } from '../shell.ts';

export async function trace(shell: Shell, text: string): Promise<void> {
  const prefix = await shell.expander.text({ parts: [{ kind: 'quoted', text: shell.variables.get('PS4') ?? '+ ' }], source: '' });
  // Inside substitutions the first character is doubled once per level.
  await shell.write(2, `${prefix}${text}\n`);
}

export function traceWord(text: string): string {
  return text !== '' && /^[A-Za-z0-9_./:=@%^,+~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
