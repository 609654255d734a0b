/** Backslash escapes, in the three dialects of `$'…'`, `echo -e` and `printf`. */

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/** The escape at the backslash `at`: its value and length. `style` tells the three dialects apart; `\c` of echo gives `\0stop`. */
export function ansiEscape(text: string, at: number, style: "$'" | 'echo' | 'printf'): readonly [string, number] {
  const c = text[at + 1];
  if (c === undefined) return ['\\', 1];
  if (c in simpleEscapes && !(style === 'echo' && `'"?`.includes(c))) return [simpleEscapes[c] as string, 2];
  if (c === 'x') {
    const hex = /^[0-9a-fA-F]{1,2}/.exec(text.slice(at + 2, at + 4))?.[0];
    return hex === undefined ? ['\\x', 2] : [byteText(parseInt(hex, 16)), 2 + hex.length];
  }
  if (c === 'u' || c === 'U') {
    const hex = new RegExp(`^[0-9a-fA-F]{1,${c === 'u' ? 4 : 8}}`).exec(text.slice(at + 2, at + 10))?.[0];
    if (hex === undefined) return [`\\${c}`, 2];
    const code = parseInt(hex, 16);
    return [code <= 0x10ffff ? String.fromCodePoint(code) : '', 2 + hex.length];
  }
  if (c === 'c') {
    if (style !== "$'") return ['\0stop', 2];
    const next = text[at + 2];
    return next === undefined ? ['\\c', 2] : [String.fromCharCode(next.charCodeAt(0) & 0x1f), 3];
  }
  const octal = (style === 'echo' ? /^0[0-7]{0,3}/ : /^0?[0-7]{1,3}/).exec(text.slice(at + 1, at + 5))?.[0];
  if (octal !== undefined) {
    const digits = style === "$'" ? octal.slice(0, 3) : octal;
    return [byteText(parseInt(digits, 8) & 255), 1 + digits.length];
  }
  return [`\\${c}`, 2];
}

/** A byte as text that `encodeText` turns back into it. */
function byteText(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte);
}
