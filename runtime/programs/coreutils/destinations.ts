import { isDirectory, statOf } from './file-state.ts';
import { quoted } from './quoting.ts';
import { baseName, joinPath, ToolExit, type Tool } from './tool.ts';

/** The pairs of source and destination that the operands of `cp`, `mv` and `ln` mean. */
export async function destinations(
  tool: Tool,
  operands: readonly string[],
  target: string | undefined,
  noTarget: boolean,
): Promise<[string, string][]> {
  if (operands.length === 0) throw new ToolExit(1, `${tool.name}: missing file operand\nTry '${tool.name} --help' for more information.\n`);
  const sources = target === undefined ? operands.slice(0, -1) : operands;
  const destination = target ?? (operands.at(-1) as string);
  if (sources.length === 0)
    throw new ToolExit(
      1,
      `${tool.name}: missing destination file operand after ${quoted(destination)}\nTry '${tool.name} --help' for more information.\n`,
    );
  const into = !noTarget && isDirectory(statOf(tool, destination));
  if (!into && (sources.length > 1 || target !== undefined))
    throw new ToolExit(
      1,
      `${tool.name}: target ${quoted(destination)}${statOf(tool, destination) === undefined && tool.name !== 'cp' ? '' : ''}: ${statOf(tool, destination) === undefined ? 'No such file or directory' : 'Not a directory'}\n`,
    );
  if (
    !into &&
    destination.endsWith('/') &&
    statOf(tool, destination) === undefined &&
    tool.name === 'cp' &&
    !isDirectory(statOf(tool, sources[0] as string))
  )
    throw new ToolExit(1, `cp: cannot create regular file ${quoted(destination)}: Not a directory\n`);
  return sources.map((source) => [source, into ? joinPath(destination, baseName(source)) : destination]);
}
