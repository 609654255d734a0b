/** Modes, and `chmod`. */
import { attempt, isDirectory, isLink, statOf } from './file-state.ts';
import { quoted } from './quoting.ts';
import { defineTool, joinPath, ToolExit } from './tool.ts';

/** The bits of a symbolic or octal mode applied to `mode`. Undefined if it is neither. */
export function applyMode(text: string, mode: number, umask: number, directory: boolean): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) return parseInt(text, 8) & 0o7777;
  let result = mode & 0o7777;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (match === null) return undefined;
    const who = match[1] === '' ? 'a' : (match[1] as string);
    const masked = match[1] === '';
    for (const action of (match[2] as string).match(/[-+=][rwxXstugo]*/g) ?? []) {
      let bits = 0;
      for (const c of action.slice(1)) {
        if (c === 'r') bits |= 4;
        else if (c === 'w') bits |= 2;
        else if (c === 'x' || (c === 'X' && (directory || (result & 0o111) !== 0))) bits |= 1;
        else if (c === 'u') bits |= (result >> 6) & 7;
        else if (c === 'g') bits |= (result >> 3) & 7;
        else if (c === 'o') bits |= result & 7;
      }
      let change = 0;
      let field = 0;
      for (const [letter, shift] of [
        ['u', 6],
        ['g', 3],
        ['o', 0],
      ] as const) {
        if (!who.includes(letter) && !who.includes('a')) continue;
        change |= bits << shift;
        field |= 7 << shift;
      }
      if (action.includes('s'))
        change |= (who.includes('u') || who.includes('a') ? 0o4000 : 0) | (who.includes('g') || who.includes('a') ? 0o2000 : 0);
      if (action.includes('t')) change |= 0o1000;
      if (masked) change &= ~umask;
      if (action[0] === '+') result |= change;
      else if (action[0] === '-') result &= ~change;
      else result = (result & ~field) | change;
    }
  }
  return result;
}

export const chmod = defineTool('chmod', async (tool) => {
  const args = tool.args;
  let recursive = false;
  let quiet = false;
  const operands: string[] = [];
  for (const arg of args) {
    if (/^-R$|^--recursive$/.test(arg)) recursive = true;
    else if (/^-f$/.test(arg)) quiet = true;
    else if (/^-[vc]$/.test(arg)) continue;
    else operands.push(arg);
  }
  const [mode, ...paths] = operands;
  if (mode === undefined) throw new ToolExit(1, "chmod: missing operand\nTry 'chmod --help' for more information.\n");
  if (paths.length === 0) throw new ToolExit(1, `chmod: missing operand after '${mode}'\nTry 'chmod --help' for more information.\n`);
  if (applyMode(mode, 0, 0, false) === undefined)
    throw new ToolExit(1, `chmod: invalid mode: '${mode}'\nTry 'chmod --help' for more information.\n`);
  const change = async (path: string): Promise<void> => {
    const stat = statOf(tool, path);
    if (stat === undefined) {
      if (!quiet) await tool.warn(`cannot access ${quoted(path)}: No such file or directory`);
      return;
    }
    await attempt(tool, `changing permissions of ${quoted(path)}`, () =>
      tool.files.chmod(path, applyMode(mode, stat.mode, tool.files.umask(), isDirectory(stat)) ?? 0),
    );
    if (recursive && isDirectory(stat))
      for (const entry of tool.files.readdir(path))
        if (!isLink(statOf(tool, joinPath(path, entry.name), false))) await change(joinPath(path, entry.name));
  };
  for (const path of paths) await change(path);
});
