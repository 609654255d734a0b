/** `umask`. */
import type { Shell } from '../shell.ts';

export async function umask(shell: Shell, argv: readonly string[]): Promise<number> {
  const words = argv.slice(1);
  const symbolic = words.includes('-S');
  const [value] = words.filter((word) => !/^-[Sp]+$/.test(word));
  if (value === undefined) {
    const mask = shell.files.umask();
    const bits = (shiftBy: number) => ['r', 'w', 'x'].filter((_, i) => ((mask >> shiftBy) & (4 >> i)) === 0).join('');
    await shell.write(1, symbolic ? `u=${bits(6)},g=${bits(3)},o=${bits(0)}\n` : `${mask.toString(8).padStart(4, '0')}\n`);
    return 0;
  }
  if (/^[0-7]+$/.test(value)) {
    shell.files.umask(parseInt(value, 8) & 0o777);
    return 0;
  }
  let allowed = ~shell.files.umask() & 0o777;
  for (const clause of value.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (match === null) {
      await shell.complain(
        /^\d/.test(value)
          ? `umask: ${value}: octal number out of range`
          : `umask: \`${clause.replace(/^[ugoa]*/, '')[0] ?? ''}': invalid symbolic mode operator`,
      );
      return 1;
    }
    const who = match[1] || 'a';
    const bits = [...(match[3] ?? '')].reduce((sum, c) => sum | (c === 'r' ? 4 : c === 'w' ? 2 : 1), 0);
    for (const [name, shiftBy] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!who.includes(name) && !who.includes('a')) continue;
      if (match[2] === '=') allowed = (allowed & ~(7 << shiftBy)) | (bits << shiftBy);
      else if (match[2] === '+') allowed |= bits << shiftBy;
      else allowed &= ~(bits << shiftBy);
    }
  }
  shell.files.umask(~allowed & 0o777);
  return 0;
}
