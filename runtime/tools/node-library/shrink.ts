/** Makes a builtin smaller without changing what a program can see of it. */
import { parse } from 'acorn';
import type { Token } from 'acorn';
import { transformSync } from 'esbuild';
import { builtinSyntax } from './source-edit.ts';

/**
 * Takes comments away and leaves every other character where it was: names, lines and columns in stack traces stay those
 * of Node's own files. Gzip makes little of the blanks (274 kB against 233 kB minified, for all that `node -e 0` loads).
 */
export function blankComments(source: string): string {
  const comments: [number, number][] = [];
  parse(source, { ...builtinSyntax, onComment: (_block, _text, start, end) => comments.push([start, end]) });
  let text = '';
  let position = 0;
  for (const [start, end] of comments) {
    text += source.slice(position, start) + source.slice(start, end).replace(/[^\n]/g, ' ');
    position = end;
  }
  text += source.slice(position);
  return trimLines(text);
}

/** Blanks at the end of a line, but not inside a template literal. */
function trimLines(text: string): string {
  const templates: [number, number][] = [];
  const tokens: Token[] = [];
  parse(text, { ...builtinSyntax, onToken: tokens });
  for (const token of tokens) if (token.type.label === 'template') templates.push([token.start, token.end]);
  let index = 0;
  return text.replace(/[ \t]+(?=\n|$)/g, (blanks, at: number) => {
    while ((templates[index]?.[1] ?? Infinity) <= at) index += 1;
    return (templates[index]?.[0] ?? Infinity) <= at ? blanks : '';
  });
}

/** For bundled third-party code, whose lines nobody looks up. Identifiers stay: classes and functions keep their names. */
export function minify(source: string): string {
  return shorten(source, false);
}

/** For third-party code that no program sees anything of. */
export function minifyWhole(source: string): string {
  return shorten(source, true);
}

function shorten(source: string, identifiers: boolean): string {
  const before = 'wrapper = function () {';
  const { code } = transformSync(`${before}${source}\n}`, {
    minifyWhitespace: true,
    minifySyntax: true,
    minifyIdentifiers: identifiers,
    target: 'esnext',
    legalComments: 'none',
  });
  const start = code.indexOf('{') + 1;
  const text = code.slice(start, code.lastIndexOf('}'));
  parse(text, builtinSyntax);
  return text;
}
