/** POSIX's `[:name:]` as the inside of a bracket expression of JavaScript, flag `u`. */
export const characterClasses: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{Nd}',
  alpha: '\\p{L}',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e\\u{a1}-\\u{10ffff}',
  lower: '\\p{Ll}',
  print: '\\x20-\\x7e\\u{a0}-\\u{10ffff}',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\s',
  upper: '\\p{Lu}',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};
