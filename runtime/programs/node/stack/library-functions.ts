/** Functions of Node's library that engines other than V8 have no name for: what is written where they are. */

/** A line of one of the library's own files, from 1. */
export type LibraryLine = (file: string, line: number) => string | undefined;

const declared = /^(?:async )?(?:function|class)\b/;
const assigned = /^(\w+)(?:\.prototype)?((?:\.\w+)+|\._extensions\['(\.\w+)'\]) = (?:async )?function\s*\(/;
/** A method whose name is a symbol that a variable holds. */
const bySymbol = /^ {2}(?:async |static )?\[(\w+)\]\(/;
const otherMethod = /^ {2}(?!(?:if|for|while|switch|catch|with)\b)(?:async |static |get |set |\*)*[#\w[\].]+\(.*\) \{$/;

/** As in `Module.prototype.load = function`, which QuickJS knows no name of, or `[kOnLine](line) {`, which WebKit knows none of. */
export function libraryFunction(file: string, line: number, libraryLine: LibraryLine): string | undefined {
  if (!file.startsWith('node:')) return undefined;
  let nested = false;
  for (let at = line; at > 0; at--) {
    const text = libraryLine(file, at);
    const symbol = text === undefined ? null : bySymbol.exec(text);
    if (symbol !== null) return nested ? undefined : symbolName(file, symbol[1]!, libraryLine);
    if (text === undefined || declared.test(text) || (at < line && (text.startsWith('}') || otherMethod.test(text)))) return undefined;
    const [found, holder, property, extension] = assigned.exec(text) ?? [];
    if (found !== undefined) return extension === undefined ? `${holder!}${property!}` : `Object.${extension}`;
    nested ||= /=>|\bfunction\b/.test(text);
  }
  return undefined;
}

/** V8 calls such a method by the description of the symbol. */
function symbolName(file: string, variable: string, libraryLine: LibraryLine): string | undefined {
  for (let at = 1; ; at++) {
    const text = libraryLine(file, at);
    if (text === undefined) return undefined;
    const made = new RegExp(`\\b${variable} = Symbol(?:For|\\.for)?\\('([^']*)'\\)`).exec(text);
    if (made !== null) return `[${made[1]!}]`;
  }
}
