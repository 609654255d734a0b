/**
 * Word expansion: tilde, parameters, command substitution, arithmetic, then field splitting, path names and quote removal.
 */
import type { List, Word, WordPart } from '../syntax/ast.ts';
import { elementOf } from '../variables/declarations.ts';
import type { Variables } from '../variables/variables.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { ExpansionError } from './expansion-error.ts';
import { Collector, type Field } from './fields.ts';
import { expandParameter } from './parameters.ts';
import { expandPattern, hasMagic, type DirectoryReader, type GlobOptions } from './pattern.ts';

/** What expansion needs of the shell. */
export interface ExpansionHost {
  readonly variables: Variables;
  readonly positional: readonly string[];
  readonly nounset: boolean;
  readonly noglob: boolean;
  readonly globOptions: GlobOptions & { readonly nullglob: boolean; readonly failglob: boolean };
  readonly directories: DirectoryReader;
  special(name: string): string | undefined;
  substitute(body: List): Promise<string>;
  processSubstitution(direction: 'in' | 'out', body: List): Promise<string>;
  homeOf(user: string): string | undefined;
  prompt(text: string): Promise<string>;
}

export class Expander {
  readonly host: ExpansionHost;

  constructor(host: ExpansionHost) {
    this.host = host;
  }

  /** All expansions: a word becomes any number of arguments. */
  async words(words: readonly Word[]): Promise<string[]> {
    const result: string[] = [];
    for (const word of words) {
      const only = word.parts.length === 1 ? word.parts[0] : undefined;
      if (only?.kind === 'text' && !/[{~*?[(]/.test(only.text)) {
        result.push(only.text);
        continue;
      }
      for (const braced of expandBraces(word)) result.push(...(await this.#fields(braced)));
    }
    return result;
  }

  async #fields(word: Word): Promise<string[]> {
    const collector = new Collector(this.separators());
    await this.parts(word.parts, collector, false, true);
    collector.endField();
    const host = this.host;
    const result: string[] = [];
    for (const field of collector.fields) {
      if (host.noglob || !hasMagic(field.pattern, host.globOptions.extglob)) {
        result.push(field.text);
        continue;
      }
      const found = expandPattern(field.pattern, host.directories, host.globOptions);
      if (found.length > 0) result.push(...found);
      else if (host.globOptions.failglob) throw new ExpansionError(`no match: ${field.text}`, false);
      else if (!host.globOptions.nullglob) result.push(field.text);
    }
    return result;
  }

  /** No splitting and no path names: assignments, redirections of here-strings, `case` subjects. */
  async text(word: Word, options: { readonly assignment?: boolean } = {}): Promise<string> {
    const [only] = word.parts;
    if (word.parts.length === 0) return '';
    if (word.parts.length === 1 && only?.kind === 'text' && !only.text.includes('~')) return only.text;
    return (await this.#single(word, options.assignment ?? false)).text;
  }

  /** As a pattern in which quoted characters are escaped. */
  async pattern(word: Word): Promise<string> {
    return (await this.#single(word, false)).pattern;
  }

  async #single(word: Word, assignment: boolean): Promise<Field> {
    const collector = new Collector(null);
    await this.parts(word.parts, collector, false, true, assignment);
    collector.endField();
    return collector.fields[0] ?? { text: '', pattern: '' };
  }

  /** The right side of `=~`: quoted parts are taken literally. */
  async regularExpression(word: Word): Promise<string> {
    let source = '';
    for (const part of word.parts) {
      const single = await this.#single({ parts: [part], source: '' }, false);
      const quoted = part.kind === 'quoted' || part.kind === 'double';
      source += quoted ? single.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : single.text;
    }
    return source;
  }

  async arithmetic(word: Word): Promise<bigint> {
    return this.calculate(
      await this.text({
        parts: [
          {
            kind: 'double',
            parts: word.parts.flatMap((part) =>
              part.kind === 'double' ? part.parts : part.kind === 'text' ? [{ kind: 'quoted' as const, text: part.text }] : [part],
            ),
          },
        ],
        source: word.source,
      }),
    );
  }

  calculate(source: string): bigint {
    const { variables } = this.host;
    return evaluateArithmetic(source, {
      get: (name, index) => {
        if (index === undefined) {
          const value = variables.get(name);
          if (value === undefined && this.host.nounset) throw new ExpansionError(`${name}: unbound variable`);
          return value;
        }
        const variable = variables.find(name);
        if (variable?.assoc !== undefined) return variable.assoc.get(stripQuotes(index));
        return elementOf(variable, Number(this.calculate(index)));
      },
      set: (name, index, value) => {
        if (index === undefined) variables.set(name, value);
        else this.setElement(name, index, value);
      },
    });
  }

  /** `name[index]=value`; the index of an indexed array is arithmetic. */
  setElement(name: string, index: string, value: string, append = false): void {
    const { variables } = this.host;
    const variable = variables.declare(variables.resolve(name));
    if (variable.readonly) throw new ExpansionError(`${name}: readonly variable`);
    if (variable.assoc !== undefined) {
      const key = stripQuotes(index);
      variable.assoc.set(key, append ? (variable.assoc.get(key) ?? '') + value : value);
      return;
    }
    if (variable.array === undefined) {
      variable.array = new Map(variable.value === undefined ? [] : [[0, variable.value]]);
      variable.value = undefined;
    }
    let at = Number(this.calculate(index));
    if (at < 0) at += Math.max(-1, ...variable.array.keys()) + 1;
    if (at < 0) throw new ExpansionError(`${name}[${index}]: bad array subscript`, false);
    const text = variable.integer
      ? String(this.calculate(append ? `${variable.array.get(at) ?? 0}+(${value})` : value))
      : append
        ? (variable.array.get(at) ?? '') + value
        : value;
    variable.array.set(at, text);
  }

  /** Of fields: `IFS`. */
  separators(): string {
    return this.host.variables.get('IFS') ?? ' \t\n';
  }

  async parts(parts: readonly WordPart[], out: Collector, quoted: boolean, start: boolean, assignment = false): Promise<void> {
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as WordPart;
      switch (part.kind) {
        case 'text':
          if (part.text.includes('~')) this.tilde(part.text, i === 0 && start, parts.length > i + 1, assignment, out);
          else out.plain(part.text);
          break;
        case 'quoted':
          out.quoted(part.text);
          break;
        case 'double': {
          if (part.parts.length === 0) out.quoted('');
          const lists = part.parts.some(
            (inner) => inner.kind === 'parameter' && (inner.name === '@' || inner.index?.source === '@' || inner.names === '@'),
          );
          if (!lists) out.quoted('');
          await this.parts(part.parts, out, true, false);
          break;
        }
        case 'command': {
          const value = await this.host.substitute(part.body);
          if (quoted) out.quoted(value);
          else out.split(value);
          break;
        }
        case 'arithmetic': {
          const value = String(await this.arithmetic(part.expression));
          if (quoted) out.quoted(value);
          else out.split(value);
          break;
        }
        case 'process':
          out.quoted(await this.host.processSubstitution(part.direction, part.body));
          break;
        case 'parameter':
          await expandParameter(this, part, out, quoted);
          break;
      }
    }
  }

  tilde(text: string, start: boolean, more: boolean, assignment: boolean, out: Collector): void {
    const expandAt = (piece: string, last: boolean): void => {
      const match = /^~([^/:]*)/.exec(piece);
      const home = match === null || (last && more && !piece.includes('/')) ? undefined : this.host.homeOf(match[1] ?? '');
      if (home === undefined || match === null) out.plain(piece);
      else {
        out.quoted(home);
        out.plain(piece.slice(match[0].length));
      }
    };
    if (!assignment) {
      if (start) expandAt(text, true);
      else out.plain(text);
      return;
    }
    const pieces = text.split(':');
    pieces.forEach((piece, i) => {
      if (i > 0) out.plain(':');
      if (i > 0 || start) expandAt(piece, i === pieces.length - 1);
      else out.plain(piece);
    });
  }
}

function stripQuotes(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}
