/** What is there, and failing to change it. */
import { PosixError } from '../../base/errors.ts';
import { S_IFDIR, S_IFLNK, S_IFMT } from '../../base/file-mode.ts';
import type { Stat } from '../../process/syscalls.ts';
import { ToolExit, type Tool } from './tool.ts';

export const isDirectory = (stat: Stat | undefined) => stat !== undefined && (stat.mode & S_IFMT) === S_IFDIR;
export const isLink = (stat: Stat | undefined) => stat !== undefined && (stat.mode & S_IFMT) === S_IFLNK;

export function statOf(tool: Tool, path: string, follow = true): Stat | undefined {
  try {
    return follow ? tool.files.stat(path) : tool.files.lstat(path);
  } catch (error) {
    if (error instanceof PosixError) return undefined;
    throw error;
  }
}

export function need(tool: Tool, operands: readonly string[], what = 'missing operand'): void {
  if (operands.length === 0) throw new ToolExit(1, `${tool.name}: ${what}\nTry '${tool.name} --help' for more information.\n`);
}

/** Carries out `act`; a failure is told as `cannot <verb> 'path': reason`. */
export async function attempt(tool: Tool, what: string, act: () => void): Promise<boolean> {
  try {
    act();
    return true;
  } catch (error) {
    await tool.warnError(what, error);
    return false;
  }
}
