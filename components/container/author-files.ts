/** The files an author wrote into the page. */
import { BvElementError } from '../shared/element-error.ts';

/**
 * Normalises a path relative to the working directory.
 *
 * @throws {BvElementError} `ERR_BV_PATH_ESCAPE` if it leads out of it, `ERR_BV_BAD_TREE` if it names nothing.
 */
export function filePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.trim().split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..')
      throw new BvElementError('ERR_BV_PATH_ESCAPE', `Cannot use the path ${JSON.stringify(path)}: it must stay in the project`);
    parts.push(part);
  }
  if (parts.length === 0) throw new BvElementError('ERR_BV_BAD_TREE', 'Cannot use a file without a name: expected path="…"');
  return parts.join('/');
}

/**
 * The text an author meant: a line break right after the tag, the blanks before the closing tag and the indentation that
 * all lines share belong to the markup. Text that starts on the line of its tag shares none, and stays as it is.
 */
export function dedent(text: string): string {
  const body = text
    .replaceAll('\r\n', '\n')
    .replace(/^[ \t]*\n/, '')
    .replace(/\n[ \t]*$/, '\n');
  const lines = body.split('\n');
  const indents = lines.flatMap((line) => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)![0]]));
  let shared = indents[0] ?? '';
  for (const indent of indents) while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  return lines.map((line) => (line.startsWith(shared) ? line.slice(shared.length) : line.trimStart())).join('\n');
}

export interface AuthorFiles {
  readonly files: ReadonlyMap<string, string>;
  /** What is wrong with the others, in order. */
  readonly errors: readonly BvElementError[];
}

/** Reads `<script type="bv-file" path>` and `<pre path>` directly in `parent`. */
export function authorFilesOf(parent: Element): AuthorFiles {
  const files = new Map<string, string>();
  const errors: BvElementError[] = [];
  for (const element of parent.querySelectorAll(':scope > script[type="bv-file"]:not([deleted]), :scope > pre[path]')) {
    try {
      const path = filePath(element.getAttribute('path') ?? '');
      if (files.has(path))
        throw new BvElementError('ERR_BV_BAD_TREE', `Cannot use the file ${JSON.stringify(path)} twice: each path names one file`);
      files.set(path, dedent(element.textContent ?? ''));
    } catch (error) {
      errors.push(error as BvElementError);
    }
  }
  return { files, errors };
}
