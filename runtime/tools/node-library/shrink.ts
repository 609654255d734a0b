/** Makes a builtin smaller without changing what a program can see of it. */
import { parse } from 'acorn';
import type { AnyNode, Token } from 'acorn';
import { full } from 'acorn-walk';
import { transformSync } from 'esbuild';
import { builtinSyntax } from './source-edit.ts';

/**
 * Takes comments away and leaves every other character where it was: names, lines and columns in stack traces stay those
 * of Node's own files. Gzip makes little of the blanks (274 kB against 233 kB minified, for all that `node -e 0` loads).
 *
 * A line on which an error that ends a program was thrown is shown with its comments. Those of `throw`, and among what C++ is given,
 * therefore stay (0.1 kB of the first layer), with `besideCode` all that stand on a line with code.
 */
export function blankComments(source: string, { besideCode = false } = {}): string {
  const comments: [number, number][] = [];
  const program = parse(source, { ...builtinSyntax, onComment: (_block, _text, start, end) => comments.push([start, end]) });
  const isShown = besideCode ? () => true : besideErrors(source, program);
  let text = '';
  let position = 0;
  for (const [start, end] of comments) {
    const isKept = isBesideCode(source, start, end) && isShown(start);
    text += source.slice(position, start) + (isKept ? source.slice(start, end) : source.slice(start, end).replace(/[^\n]/g, ' '));
    position = end;
  }
  text += source.slice(position);
  return trimLines(text);
}

function isBesideCode(source: string, start: number, end: number): boolean {
  if (source.slice(start, end).includes('\n')) return false;
  const before = source.slice(source.lastIndexOf('\n', start) + 1, start);
  const [after = ''] = source.slice(end).split('\n', 1);
  // Other comments of the line are as good as none.
  return `${before}${after}`.replace(/\/\*.*?\*\/|\/\/.*/g, '').trim() !== '';
}

/** Whether a place is behind a `throw` of its line, or among what a function of C++ is given there. Some say that Node shall not show them. */
function besideErrors(source: string, program: AnyNode): (at: number) => boolean {
  const nodes: AnyNode[] = [];
  full(program, (node) => void nodes.push(node as AnyNode));
  return (at) => {
    if (source.startsWith('/* node-do-not-add-exception-line */', at)) return false;
    const line = source.lastIndexOf('\n', at) + 1;
    if (/\bthrow\b/.test(source.slice(line, at))) return true;
    // Children come before what they are in.
    const innermost = nodes.find((node) => node.start <= at && at < node.end);
    if (innermost?.type !== 'CallExpression' || innermost.callee.end <= line || innermost.callee.end > at) return false;
    return /^(?:binding\.\w+|triggerUncaughtException)$/.test(source.slice(innermost.callee.start, innermost.callee.end));
  };
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
