import { load, YAMLException } from 'js-yaml';

/** Something in an author's file: where, and what. */
class AuthorError extends Error {
  constructor(file: string, line: number, column: number, problem: string) {
    super(`${file}:${line}:${column}: ${problem}`);
    this.name = 'AuthorError';
  }
}

export interface FrontMatter {
  readonly fields: Readonly<Record<string, unknown>>;
  /** What stands after it. */
  readonly body: string;
  /** An error at a field, by its name at the left edge. */
  readonly at: (field: string, problem: string) => AuthorError;
}

/**
 * Splits `---`, YAML, `---` from the text.
 *
 * @param file For errors. @throws {AuthorError} with the line and column in the file.
 */
export function frontMatterOf(file: string, text: string): FrontMatter {
  const source = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const found = /^---[ \t]*\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\n|$)/.exec(source);
  if (found === null && /^---[ \t]*\n/.test(source))
    throw new AuthorError(file, 1, 1, 'the front matter has no end: expected a line with ---');
  const yaml = found?.[1] ?? '';
  let value: unknown;
  try {
    value = load(yaml) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // The front matter begins in the second line; YAML counts from 0.
    throw new AuthorError(file, error.mark.line + 2, error.mark.column + 1, error.reason);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AuthorError(file, 2, 1, 'the front matter must be a mapping');
  const at = (field: string, problem: string) => {
    const line = yaml.split('\n').findIndex((one) => one.startsWith(`${field}:`));
    return new AuthorError(file, line < 0 ? 1 : line + 2, 1, `${field} ${problem}`);
  };
  return { fields: value as Readonly<Record<string, unknown>>, body: found === null ? source : source.slice(found[0].length), at };
}
