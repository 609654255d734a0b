/** Edits a source text at places found by a real parse, and fails where it does not find exactly what was expected. */
import { parse } from 'acorn';
import type { AnyNode, FunctionDeclaration, Options } from 'acorn';
import { ancestor, full } from 'acorn-walk';
import MagicString from 'magic-string';

/** Builtins are bodies of functions: `return` is allowed at the top. */
export const builtinSyntax: Options = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  allowReturnOutsideFunction: true,
  allowHashBang: true,
};

export class SourceEdit {
  readonly source: string;
  readonly #program: AnyNode;
  readonly #text: MagicString;

  constructor(source: string) {
    this.source = source;
    this.#program = parse(source, builtinSyntax);
    this.#text = new MagicString(source);
  }

  /** The edited text. Fails if it no longer parses. */
  toString(): string {
    const text = this.#text.toString();
    parse(text, builtinSyntax);
    return text;
  }

  /** The one function declaration of this name. */
  functionNamed(name: string): FunctionDeclaration {
    const found: FunctionDeclaration[] = [];
    full(this.#program, (node) => {
      if (node.type === 'FunctionDeclaration' && node.id?.name === name) found.push(node as FunctionDeclaration);
    });
    return expectOne(found, `function ${name}`);
  }

  /** `function name` becomes `function* name`. */
  makeGenerator(declaration: FunctionDeclaration): void {
    if (declaration.generator || declaration.async) throw new Error(`Cannot patch: "${declaration.id.name}" is no plain function`);
    this.#text.appendLeft(declaration.start + 'function'.length, '*');
  }

  /**
   * Replaces the `expected` calls `callee(…)` directly within `declaration`, nested functions left out. `replace` is given
   * the text of the call.
   */
  replaceCalls(declaration: FunctionDeclaration, callee: string, expected: number, replace: (call: string) => string): void {
    let count = 0;
    ancestor(declaration, {
      CallExpression: (node, _state, ancestors) => {
        if (node.callee.type !== 'Identifier' || node.callee.name !== callee) return;
        const owner = ancestors.findLast((one) => one.type.includes('Function'));
        if (owner !== declaration) throw new Error(`Cannot patch: a call of "${callee}" is inside a nested function`);
        count += 1;
        this.#text.overwrite(node.start, node.end, replace(this.source.slice(node.start, node.end)));
      },
    });
    if (count !== expected) {
      throw new Error(`Cannot patch "${declaration.id.name}": found ${count} calls of "${callee}" and expected ${expected}`);
    }
  }

  /** Takes away the one function or variable that is declared by this name, and nothing with it. */
  remove(name: string): void {
    const found: AnyNode[] = [];
    full(this.#program, (node) => {
      if (node.type === 'FunctionDeclaration' && node.id?.name === name) found.push(node);
      if (node.type !== 'VariableDeclaration' || node.declarations.length > 1) return;
      const [{ id }] = node.declarations as [(typeof node.declarations)[0]];
      if (id.type === 'Identifier' && id.name === name) found.push(node);
    });
    const { start, end } = expectOne(found, name);
    this.#text.remove(start, end);
  }

  /** Replaces a text that must occur exactly once. For expressions that no name leads to. */
  replaceText(before: string, after: string): void {
    const at = this.source.indexOf(before);
    if (at < 0 || this.source.indexOf(before, at + 1) >= 0) {
      throw new Error(`Cannot patch: ${at < 0 ? 'nothing reads' : 'more than one place reads'} "${before}"`);
    }
    this.#text.overwrite(at, at + before.length, after);
  }
}

function expectOne<T>(found: readonly T[], what: string): T {
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`Cannot patch: found ${found.length} of "${what}" and expected one`);
  return one;
}
