/** Parts of paths, and where they lead. */
import { PosixError } from '../../base/errors.ts';
import { errorText } from '../../process/strerror.ts';
import { need } from './file-state.ts';
import { quotedBefore } from './quoting.ts';
import { baseName, defineTool, joinPath, ToolExit, type Tool } from './tool.ts';

export const basename = defineTool('basename', async (tool) => {
  const options = tool.options({ short: 'as:z', long: { multiple: 'a', 'suffix=': 's', zero: 'z' }, stopAtOperand: true });
  const { operands } = options;
  if (operands.length === 0) throw new ToolExit(1, "basename: missing operand\nTry 'basename --help' for more information.\n");
  const many = options.has('a') || options.has('s');
  if (!many && operands.length > 2)
    throw new ToolExit(1, `basename: extra operand '${operands[2]}'\nTry 'basename --help' for more information.\n`);
  const suffix = many ? (options.value('s') ?? '') : (operands[1] ?? '');
  for (const path of many ? operands : operands.slice(0, 1)) {
    const base = baseName(path);
    await tool.stdout.write(
      `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}${options.has('z') ? '\0' : '\n'}`,
    );
  }
});

export const dirname = defineTool('dirname', async (tool) => {
  const options = tool.options({ short: 'z' });
  if (options.operands.length === 0) throw new ToolExit(1, "dirname: missing operand\nTry 'dirname --help' for more information.\n");
  for (const path of options.operands) {
    const trimmed = path.replace(/\/+$/, '');
    const directory =
      trimmed === '' && path !== ''
        ? '/'
        : trimmed.includes('/')
          ? trimmed.slice(0, trimmed.lastIndexOf('/')).replace(/\/+$/, '') || '/'
          : '.';
    await tool.stdout.write(`${directory}${options.has('z') ? '\0' : '\n'}`);
  }
});

export const readlink = defineTool('readlink', async (tool) => {
  const options = tool.options({ short: 'fenmqsvz', long: { canonicalize: 'f', 'canonicalize-existing': 'e', 'no-newline': 'n' } });
  need(tool, options.operands);
  for (const path of options.operands) {
    try {
      const text = options.has('f') || options.has('e') ? resolve(tool, path, options.has('f')) : tool.files.readlink(path);
      await tool.stdout.write(`${text}${options.has('n') ? '' : '\n'}`);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      tool.status = 1;
      if (options.has('v')) await tool.warn(`${quotedBefore(path)}: ${errorText(error)}`);
    }
  }
});

export const realpath = defineTool('realpath', async (tool) => {
  const options = tool.options({
    short: 'emsqLPz',
    long: { 'canonicalize-existing': 'e', 'canonicalize-missing': 'm', 'no-symlinks': 's', quiet: 'q' },
  });
  need(tool, options.operands);
  for (const path of options.operands) {
    try {
      await tool.stdout.write(`${resolve(tool, path, !options.has('e'))}\n`);
    } catch (error) {
      await tool.warnError(quotedBefore(path), error);
    }
  }
});

/** The last component may be missing. */
function resolve(tool: Tool, path: string, missing: boolean): string {
  try {
    return tool.files.realpath(path);
  } catch (error) {
    if (!missing || !(error instanceof PosixError) || error.code !== 'ENOENT') throw error;
    const trimmed = path.replace(/\/+$/, '');
    const slash = trimmed.lastIndexOf('/');
    return joinPath(tool.files.realpath(slash < 0 ? '.' : trimmed.slice(0, slash) || '/'), trimmed.slice(slash + 1));
  }
}
