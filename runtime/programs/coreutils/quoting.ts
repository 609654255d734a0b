/** How GNU's tools write the name of a file, so that it can be given to a shell: gnulib's `quotearg`. */
export const quotingStyles = ['literal', 'shell', 'shell-always', 'shell-escape', 'shell-escape-always', 'c', 'escape'] as const;
export type QuotingStyle = (typeof quotingStyles)[number];

const named: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
  '\x07': '\\a',
  '\\': '\\\\',
};
const escapeControl = (c: string) => named[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`;

export function quoteName(name: string, style: QuotingStyle): string {
  switch (style) {
    case 'literal':
      return name;
    case 'c':
      return `"${name.replace(/["\\\x00-\x1f\x7f]/g, (c) => (c === '"' ? '\\"' : escapeControl(c)))}"`;
    case 'escape':
      return name.replace(/[ \\\x00-\x1f\x7f]/g, (c) => (c === ' ' ? '\\ ' : escapeControl(c)));
    default: {
      const plain = !style.endsWith('always') && name !== '' && !/[\s'"\\$`|&;()<>*?[!^=\x00-\x1f\x7f]|^[~#]|^[{}]$/.test(name);
      if (plain) return name;
      if (style.startsWith('shell-escape') && /[\x00-\x1f\x7f]/.test(name)) {
        const pieces = name
          .split(/([\x00-\x1f\x7f]+)/)
          .map((piece, i) => (i % 2 === 0 ? `'${piece.replaceAll("'", "'\\''")}'` : `$'${piece.replace(/[^]/g, escapeControl)}'`));
        return pieces.filter((piece, i) => piece !== "''" || i === 0).join('');
      }
      return name.includes("'") && !/["\\$`!|&;()<>*?[^=~#{}]/.test(name) ? `"${name}"` : `'${name.replaceAll("'", "'\\''")}'`;
    }
  }
}

/** In a sentence: `cannot stat 'a'`. */
export const quoted = (name: string) => quoteName(name, 'shell-escape-always');

/** Before a colon: `cat: a: …`, `cat: 'a b': …`. */
export const quotedBefore = (name: string) => (name.includes(':') ? quoted(name) : quoteName(name, 'shell-escape'));
