/**
 * Word expansion: tilde, parameters, command substitution, arithmetic, then field splitting, path names and quote removal.
 * What was quoted travels beside the text as a pattern in which it is escaped.
 */
import type { List, ParameterPart, Word, WordPart } from '../syntax/ast.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import {
  escapePattern,
  expandPattern,
  hasMagic,
  patternSource,
  safeRegExp,
  unescapePattern,
  type DirectoryReader,
  type GlobOptions,
} from './pattern.ts';
import { quoteText, sortedIndices, type Variable, type Variables } from '../variables/variables.ts';

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

/** A word cannot be expanded; the command does not run. `fatal` ends a shell that is not interactive. */
export class ExpansionError extends Error {
  readonly fatal: boolean;
  constructor(message: string, fatal = true) {
    super(message);
    this.fatal = fatal;
  }
}

interface Field {
  text: string;
  pattern: string;
}

class Collector {
  readonly fields: Field[] = [];
  #current: Field | undefined;
  readonly #separators: string | null;
  readonly #blank: string;

  /** `separators` null: one field, nothing is split. */
  constructor(separators: string | null) {
    this.#separators = separators;
    this.#blank = [...(separators ?? '')].filter((c) => c === ' ' || c === '\t' || c === '\n').join('');
  }

  get splits(): boolean {
    return this.#separators !== null;
  }

  quoted(text: string): void {
    const field = (this.#current ??= { text: '', pattern: '' });
    field.text += text;
    field.pattern += escapePattern(text);
  }

  plain(text: string): void {
    const field = (this.#current ??= { text: '', pattern: '' });
    field.text += text;
    field.pattern += text;
  }

  #value(text: string): void {
    const field = (this.#current ??= { text: '', pattern: '' });
    field.text += text;
    field.pattern += text;
  }

  /** The unquoted value of an expansion. */
  split(text: string): void {
    const separators = this.#separators;
    if (separators === null || separators === '') {
      if (text !== '') this.#value(text);
      return;
    }
    let run = '';
    const isBlank = (c: string) => this.#blank.includes(c);
    for (let i = 0; i < text.length; i++) {
      const c = text[i] as string;
      if (!separators.includes(c)) {
        run += c;
        continue;
      }
      if (run !== '') this.#value(run);
      run = '';
      // Blanks around one other separator belong to it.
      let j = i;
      while (j < text.length && isBlank(text[j] as string)) j++;
      const hard = j < text.length && separators.includes(text[j] as string) && !isBlank(text[j] as string);
      if (hard) {
        j++;
        while (j < text.length && isBlank(text[j] as string)) j++;
        this.#current ??= { text: '', pattern: '' };
      }
      this.endField();
      i = j - 1;
    }
    if (run !== '') this.#value(run);
  }

  endField(): void {
    if (this.#current !== undefined) this.fields.push(this.#current);
    this.#current = undefined;
  }

  get open(): boolean {
    return this.#current !== undefined;
  }
}

export class Expander {
  readonly #host: ExpansionHost;

  constructor(host: ExpansionHost) {
    this.#host = host;
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
    const collector = new Collector(this.#separators());
    await this.#parts(word.parts, collector, false, true);
    collector.endField();
    const host = this.#host;
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
    await this.#parts(word.parts, collector, false, true, assignment);
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
    const { variables } = this.#host;
    return evaluateArithmetic(source, {
      get: (name, index) => {
        if (index === undefined) {
          const value = variables.get(name);
          if (value === undefined && this.#host.nounset) throw new ExpansionError(`${name}: unbound variable`);
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
    const { variables } = this.#host;
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

  #separators(): string {
    return this.#host.variables.get('IFS') ?? ' \t\n';
  }

  async #parts(parts: readonly WordPart[], out: Collector, quoted: boolean, start: boolean, assignment = false): Promise<void> {
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as WordPart;
      switch (part.kind) {
        case 'text':
          if (part.text.includes('~')) this.#tilde(part.text, i === 0 && start, parts.length > i + 1, assignment, out);
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
          await this.#parts(part.parts, out, true, false);
          break;
        }
        case 'command': {
          const value = await this.#host.substitute(part.body);
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
          out.quoted(await this.#host.processSubstitution(part.direction, part.body));
          break;
        case 'parameter':
          await this.#parameter(part, out, quoted);
          break;
      }
    }
  }

  #tilde(text: string, start: boolean, more: boolean, assignment: boolean, out: Collector): void {
    const expandAt = (piece: string, last: boolean): void => {
      const match = /^~([^/:]*)/.exec(piece);
      const home = match === null || (last && more && !piece.includes('/')) ? undefined : this.#host.homeOf(match[1] ?? '');
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

  async #parameter(part: ParameterPart, out: Collector, quoted: boolean): Promise<void> {
    const host = this.#host;
    const give = (value: string) => (quoted ? out.quoted(value) : out.split(value));
    if (part.operator === 'bad') throw new ExpansionError(`${part.argument?.source ?? ''}: bad substitution`);
    if (part.names !== undefined) {
      const names = host.variables
        .names()
        .filter((name) => name.startsWith(part.name))
        .sort();
      this.#list(names, part.names, out, quoted);
      return;
    }
    let { name, index } = part;
    if (part.indirect) {
      if (index !== undefined && (index.source === '@' || index.source === '*')) {
        const keys = keysOf(host.variables.find(name));
        this.#list(keys, index.source, out, quoted);
        return;
      }
      const own = host.variables.own(name);
      const target = own?.nameref ? name : await this.#scalar(name, index);
      if (own?.nameref) {
        give(own.value ?? '');
        return;
      }
      if (target === undefined || target === '') {
        if (part.operator === undefined) throw new ExpansionError(`${name}: invalid indirect expansion`);
        name = '';
      } else {
        const match = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(target);
        name = match?.[1] ?? target;
        index = match === null ? undefined : { parts: [{ kind: 'text', text: match[2] ?? '' }], source: match[2] ?? '' };
      }
    }
    const listKind = name === '@' || name === '*' ? name : index?.source === '@' || index?.source === '*' ? index.source : undefined;
    if (listKind !== undefined) {
      await this.#listParameter(part, name, listKind as '@' | '*', out, quoted);
      return;
    }
    const value = await this.#scalar(name, index);
    if (part.length) {
      if (value === undefined) this.#checkSet(part, value);
      give(String([...(value ?? '')].length));
      return;
    }
    const { operator } = part;
    if (operator === undefined) {
      this.#checkSet(part, value);
      give(value ?? '');
      return;
    }
    const bare = operator.replace(':', '');
    if (/^:?[-=+?]$/.test(operator)) {
      const missing = value === undefined || (operator.startsWith(':') && value === '');
      if (bare === '+') {
        if (!missing) await this.#argument(part.argument, out, quoted);
      } else if (!missing) give(value ?? '');
      else if (bare === '-') await this.#argument(part.argument, out, quoted);
      else if (bare === '=') {
        if (!/^[A-Za-z_]/.test(name)) throw new ExpansionError(`$${name}: cannot assign in this way`);
        const assigned = part.argument === undefined ? '' : await this.text(part.argument);
        if (index !== undefined) this.setElement(name, await this.text(index), assigned);
        else host.variables.set(name, assigned);
        give(assigned);
      } else {
        const message = part.argument === undefined ? '' : await this.text(part.argument);
        throw new ExpansionError(`${name}: ${message || (operator.startsWith(':') ? 'parameter null or not set' : 'parameter not set')}`);
      }
      return;
    }
    this.#checkSet(part, value);
    if (operator === ':') {
      give(await this.#substring(part, value ?? ''));
      return;
    }
    if (operator.startsWith('@')) {
      give(await this.#transform(operator[1] as string, value, name));
      return;
    }
    const change = await this.#changer(part);
    give(change(value ?? ''));
  }

  #checkSet(part: ParameterPart, value: string | undefined): void {
    if (value !== undefined || !this.#host.nounset) return;
    throw new ExpansionError(`${part.name}${part.index === undefined ? '' : `[${part.index.source}]`}: unbound variable`);
  }

  async #argument(word: Word | undefined, out: Collector, quoted: boolean): Promise<void> {
    if (word === undefined) return;
    if (quoted) {
      await this.#parts(word.parts, out, false, true);
      return;
    }
    // Unquoted text of the argument is split like a value; what is quoted in it stays whole.
    for (const part of word.parts) {
      if (part.kind === 'text' && out.splits) {
        if (part.text.startsWith('~') && part === word.parts[0]) this.#tilde(part.text, true, word.parts.length > 1, false, out);
        else out.split(part.text);
      } else await this.#parts([part], out, false, part === word.parts[0]);
    }
  }

  async #scalar(name: string, index: Word | undefined): Promise<string | undefined> {
    const host = this.#host;
    if (index !== undefined) {
      const variable = host.variables.find(name);
      if (variable?.assoc !== undefined) return variable.assoc.get(await this.text(index));
      const number = Number(await this.arithmetic(index));
      return elementOf(variable, number);
    }
    if (/^[0-9]+$/.test(name)) return name === '0' ? host.special('0') : host.positional[Number(name) - 1];
    if (!/^[A-Za-z_]/.test(name)) return host.special(name);
    const own = host.variables.own(name);
    if (own?.nameref && own.value !== undefined) {
      const match = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(own.value);
      if (match !== null) return this.#scalar(match[1] ?? '', { parts: [{ kind: 'text', text: match[2] ?? '' }], source: match[2] ?? '' });
    }
    return host.variables.get(name);
  }

  #list(values: readonly string[], kind: string, out: Collector, quoted: boolean): void {
    if (kind === '*' && quoted) {
      const separators = this.#separators();
      out.quoted(values.join([...separators][0] ?? ''));
      return;
    }
    if (!out.splits) {
      const joined = values.join(kind === '*' ? ([...this.#separators()][0] ?? '') : ' ');
      if (quoted) out.quoted(joined);
      else if (joined !== '') out.split(joined);
      return;
    }
    values.forEach((value, i) => {
      if (i > 0) out.endField();
      if (quoted) out.quoted(value);
      else out.split(value);
    });
  }

  async #listParameter(part: ParameterPart, name: string, kind: '@' | '*', out: Collector, quoted: boolean): Promise<void> {
    const host = this.#host;
    const positional = name === '@' || name === '*';
    const variable = positional ? undefined : host.variables.find(name);
    let values = positional ? [...host.positional] : valuesOf(variable);
    const { operator } = part;
    if (part.length) {
      const text = String(values.length);
      if (quoted) out.quoted(text);
      else out.split(text);
      return;
    }
    if (operator === undefined) {
      this.#list(values, kind, out, quoted);
      return;
    }
    if (/^:?[-=+?]$/.test(operator)) {
      const joined = values.join(' ');
      const missing = values.length === 0 || (operator.startsWith(':') && joined === '');
      const bare = operator.replace(':', '');
      if (bare === '+' ? !missing : missing && bare === '-') await this.#argument(part.argument, out, quoted);
      else if (bare === '?' && missing)
        throw new ExpansionError(`${name}: ${(part.argument && (await this.text(part.argument))) || 'parameter null or not set'}`);
      else if (bare !== '+') this.#list(values, kind, out, quoted);
      return;
    }
    if (operator === ':') {
      let offset = Number(await this.arithmetic(part.argument ?? { parts: [], source: '' }));
      const count = part.second === undefined ? undefined : Number(await this.arithmetic(part.second));
      const pairs: [number, string][] = positional
        ? [host.special('0') ?? '', ...values].map((value, i) => [i, value])
        : variable?.array
          ? sortedIndices(variable.array).map((i) => [i, variable.array?.get(i) ?? ''])
          : values.map((value, i) => [i, value]);
      const top = (pairs.at(-1)?.[0] ?? -1) + 1;
      if (offset < 0) offset += top;
      if (count !== undefined && count < 0) throw new ExpansionError(`${part.second?.source ?? ''}: substring expression < 0`);
      const rest = offset < 0 ? [] : pairs.filter(([i]) => i >= offset && !(positional && offset > 0 && i === 0));
      values = rest.slice(0, count).map(([, value]) => value);
      this.#list(values, kind, out, quoted);
      return;
    }
    if (operator.startsWith('@')) {
      const letter = operator[1] as string;
      if (letter === 'A' || letter === 'a' || ((letter === 'K' || letter === 'k') && variable !== undefined)) {
        if (letter === 'K' || letter === 'k') {
          const pairs = keysOf(variable).flatMap((key, i) =>
            letter === 'k' ? [key, values[i] ?? ''] : [`${key} ${quoteText(values[i] ?? '', 'double')}`],
          );
          this.#list(letter === 'k' ? pairs : [pairs.join(' ')], kind, out, quoted);
          return;
        }
        this.#list(
          letter === 'a' ? values.map(() => attributesOf(variable)) : [declaration(name, variable ?? {}, false)],
          kind,
          out,
          quoted,
        );
        return;
      }
      values = await Promise.all(values.map((value) => this.#transform(letter, value, name)));
      this.#list(values, kind, out, quoted);
      return;
    }
    const change = await this.#changer(part);
    this.#list(values.map(change), kind, out, quoted);
  }

  async #substring(part: ParameterPart, value: string): Promise<string> {
    const characters = [...value];
    let offset = Number(await this.arithmetic(part.argument ?? { parts: [], source: '' }));
    if (offset < 0) offset += characters.length;
    if (offset < 0 || offset > characters.length) return '';
    if (part.second === undefined) return characters.slice(offset).join('');
    const length = Number(await this.arithmetic(part.second));
    const end = length < 0 ? characters.length + length : offset + length;
    if (end < offset) throw new ExpansionError(`${part.second.source}: substring expression < 0`);
    return characters.slice(offset, end).join('');
  }

  /** `#`, `%`, `/`, `^`, `,` as a function of a value. */
  async #changer(part: ParameterPart): Promise<(value: string) => string> {
    const operator = part.operator as string;
    const pattern = part.argument === undefined ? '' : await this.pattern(part.argument);
    const extglob = this.#host.globOptions.extglob ?? true;
    const source = (lazy: boolean) => patternSource(pattern, { extglob, lazy });
    switch (operator) {
      case '#':
      case '##': {
        const expression = safeRegExp(`^(?:${source(operator === '#')})`, 'su');
        return (value) => (expression === undefined ? value : value.replace(expression, ''));
      }
      case '%':
      case '%%': {
        const expression = safeRegExp(`^(?:${source(false)})$`, 'su');
        return (value) => {
          if (expression === undefined) return value;
          const starts: number[] = [];
          for (let i = 0; i <= value.length; i++) if (!/[\udc00-\udfff]/.test(value[i] ?? '') || i === 0) starts.push(i);
          if (operator === '%') starts.reverse();
          for (const start of starts) if (expression.test(value.slice(start))) return value.slice(0, start);
          return value;
        };
      }
      case '/':
      case '//':
      case '/#':
      case '/%': {
        if (pattern === '') return (value) => (operator === '/#' || operator === '/%' ? value : value);
        const replacement = part.second === undefined ? '' : await this.pattern(part.second);
        const base = source(false);
        const expression = safeRegExp(
          operator === '/#' ? `^(?:${base})` : operator === '/%' ? `(?:${base})$` : base,
          operator === '//' ? 'gsu' : 'su',
        );
        if (expression === undefined) return (value) => value;
        const text = (match: string) =>
          replacement.replace(/\\(.)|&/gsu, (whole, c: string | undefined) => c ?? (whole === '&' ? match : whole));
        return (value) => value.replace(expression, (match) => (match === '' && operator === '//' ? '' : text(match)));
      }
      default: {
        const upper = operator.startsWith('^');
        const expression = pattern === '' ? undefined : safeRegExp(`^(?:${source(false)})$`, 'su');
        const change = (c: string) => (expression !== undefined && !expression.test(c) ? c : upper ? c.toUpperCase() : c.toLowerCase());
        return (value) => {
          const characters = [...value];
          return operator.length === 2
            ? characters.map(change).join('')
            : (characters[0] === undefined ? '' : change(characters[0])) + characters.slice(1).join('');
        };
      }
    }
  }

  async #transform(letter: string, value: string | undefined, name: string): Promise<string> {
    switch (letter) {
      case 'Q':
        return value === undefined ? '' : quoteText(value);
      case 'U':
        return (value ?? '').toUpperCase();
      case 'u':
        return (value ?? '').replace(/^./su, (c) => c.toUpperCase());
      case 'L':
        return (value ?? '').toLowerCase();
      case 'E':
        return this.text({
          parts: [{ kind: 'quoted', text: (value ?? '').replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\') }],
          source: '',
        });
      case 'P':
        return this.#host.prompt(value ?? '');
      case 'A':
        return value === undefined ? '' : declaration(name, this.#host.variables.find(name) ?? { value }, false);
      case 'a':
        return attributesOf(this.#host.variables.find(name));
      case 'K':
      case 'k':
        return value === undefined ? '' : quoteText(value);
      default:
        throw new ExpansionError(`\${${name}@${letter}}: bad substitution`);
    }
  }
}

function stripQuotes(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}

function elementOf(variable: Variable | undefined, index: number): string | undefined {
  if (variable === undefined) return undefined;
  if (variable.array !== undefined) {
    if (index < 0) index += Math.max(-1, ...variable.array.keys()) + 1;
    return variable.array.get(index);
  }
  if (variable.assoc !== undefined) return variable.assoc.get(String(index));
  return index === 0 || index === -1 ? variable.value : undefined;
}

export function valuesOf(variable: Variable | undefined): string[] {
  if (variable === undefined) return [];
  if (variable.array !== undefined) return sortedIndices(variable.array).map((i) => variable.array?.get(i) ?? '');
  if (variable.assoc !== undefined) return [...variable.assoc.values()];
  return variable.value === undefined ? [] : [variable.value];
}

function keysOf(variable: Variable | undefined): string[] {
  if (variable?.array !== undefined) return sortedIndices(variable.array).map(String);
  if (variable?.assoc !== undefined) return [...variable.assoc.keys()];
  return variable?.value === undefined ? [] : ['0'];
}

export function attributesOf(variable: Variable | undefined): string {
  if (variable === undefined) return '';
  return `${variable.array !== undefined ? 'a' : ''}${variable.assoc !== undefined ? 'A' : ''}${variable.integer ? 'i' : ''}${variable.nameref ? 'n' : ''}${variable.readonly ? 'r' : ''}${variable.lower ? 'l' : ''}${variable.upper ? 'u' : ''}${variable.exported ? 'x' : ''}`;
}

/** As `declare -p` prints it. */
export function declaration(name: string, variable: Variable, always = true): string {
  const attributes = attributesOf(variable);
  let value = '';
  const key = (k: string) => (/^[A-Za-z0-9_./%+@-]+$/.test(k) ? k : quoteText(k, 'double'));
  if (variable.array !== undefined)
    value = `=(${sortedIndices(variable.array)
      .map((i) => `[${i}]=${quoteText(variable.array?.get(i) ?? '', 'double')}`)
      .join(' ')})`;
  else if (variable.assoc !== undefined)
    value = `=(${[...variable.assoc].map(([k, v]) => `[${key(k)}]=${quoteText(v, 'double')} `).join('')})`;
  else if (variable.value !== undefined) value = `=${quoteText(variable.value, always ? 'double' : 'single')}`;
  if (!always && attributes === '') return `${name}${value}`;
  return `declare -${attributes === '' ? '-' : attributes} ${name}${value}`;
}

export { unescapePattern };
