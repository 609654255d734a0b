/** JSON files as npm keeps them: with the indentation and the line ends they had. */
/** How a file was written. */
export interface JsonFormat {
  readonly indent: string;
  readonly newline: string;
}

const plainFormat: JsonFormat = { indent: '  ', newline: '\n' };

/** A text that is no JSON. What exactly is wrong with it is found out when it is reported (`json-error.ts`). */
export class JsonFailure extends SyntaxError {
  readonly text: string;

  constructor(text: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.text = text;
  }
}

/** @throws {JsonFailure} */
export function parseJson(text: string): { readonly value: unknown; readonly format: JsonFormat } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new JsonFailure(text, cause);
  }
  const match = /^(?:\{\}|\[\])((?:\r?\n)+)?$/.exec(text) ?? /^\s*[{[]((?:\r?\n)+)([\s\t]*)/.exec(text);
  // All in one line stays in one line; nothing at all gets the usual form.
  return { value, format: match === null ? { indent: '', newline: '' } : { indent: match[2] ?? '  ', newline: match[1] ?? '\n' } };
}

export function formatJson(value: unknown, { indent, newline }: JsonFormat = plainFormat): string {
  return `${JSON.stringify(value, null, indent)}\n`.replaceAll('\n', newline);
}
