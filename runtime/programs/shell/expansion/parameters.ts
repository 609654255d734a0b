/** `$name` and `${name…}` with every operator. */
import type { ParameterPart, Word } from '../syntax/ast.ts';
import { attributesOf, declaration, elementOf, keysOf, valuesOf } from '../variables/declarations.ts';
import { quoteText, sortedIndices } from '../variables/variables.ts';
import type { Expander } from './expand.ts';
import { ExpansionError } from './expansion-error.ts';
import type { Collector } from './fields.ts';
import { patternSource, safeRegExp } from './pattern.ts';

export async function expandParameter(expander: Expander, part: ParameterPart, out: Collector, quoted: boolean): Promise<void> {
  const host = expander.host;
  const give = (value: string) => (quoted ? out.quoted(value) : out.split(value));
  if (part.operator === 'bad') throw new ExpansionError(`${part.argument?.source ?? ''}: bad substitution`);
  if (part.names !== undefined) {
    const names = host.variables
      .names()
      .filter((name) => name.startsWith(part.name))
      .sort();
    giveList(expander, names, part.names, out, quoted);
    return;
  }
  let { name, index } = part;
  if (part.indirect) {
    if (index !== undefined && (index.source === '@' || index.source === '*')) {
      const keys = keysOf(host.variables.find(name));
      giveList(expander, keys, index.source, out, quoted);
      return;
    }
    const own = host.variables.own(name);
    const target = own?.nameref ? name : await scalarOf(expander, name, index);
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
    await expandListParameter(expander, part, name, listKind as '@' | '*', out, quoted);
    return;
  }
  const value = await scalarOf(expander, name, index);
  if (part.length) {
    if (value === undefined) checkSet(expander, part, value);
    give(String([...(value ?? '')].length));
    return;
  }
  const { operator } = part;
  if (operator === undefined) {
    checkSet(expander, part, value);
    give(value ?? '');
    return;
  }
  const bare = operator.replace(':', '');
  if (/^:?[-=+?]$/.test(operator)) {
    const missing = value === undefined || (operator.startsWith(':') && value === '');
    if (bare === '+') {
      if (!missing) await expandArgument(expander, part.argument, out, quoted);
    } else if (!missing) give(value ?? '');
    else if (bare === '-') await expandArgument(expander, part.argument, out, quoted);
    else if (bare === '=') {
      if (!/^[A-Za-z_]/.test(name)) throw new ExpansionError(`$${name}: cannot assign in this way`);
      const assigned = part.argument === undefined ? '' : await expander.text(part.argument);
      if (index !== undefined) expander.setElement(name, await expander.text(index), assigned);
      else host.variables.set(name, assigned);
      give(assigned);
    } else {
      const message = part.argument === undefined ? '' : await expander.text(part.argument);
      throw new ExpansionError(`${name}: ${message || (operator.startsWith(':') ? 'parameter null or not set' : 'parameter not set')}`);
    }
    return;
  }
  checkSet(expander, part, value);
  if (operator === ':') {
    give(await substringOf(expander, part, value ?? ''));
    return;
  }
  if (operator.startsWith('@')) {
    give(await transform(expander, operator[1] as string, value, name));
    return;
  }
  const change = await changerOf(expander, part);
  give(change(value ?? ''));
}

function checkSet(expander: Expander, part: ParameterPart, value: string | undefined): void {
  if (value !== undefined || !expander.host.nounset) return;
  throw new ExpansionError(`${part.name}${part.index === undefined ? '' : `[${part.index.source}]`}: unbound variable`);
}

async function expandArgument(expander: Expander, word: Word | undefined, out: Collector, quoted: boolean): Promise<void> {
  if (word === undefined) return;
  if (quoted) {
    await expander.parts(word.parts, out, false, true);
    return;
  }
  // Unquoted text of the argument is split like a value; what is quoted in it stays whole.
  for (const part of word.parts) {
    if (part.kind === 'text' && out.splits) {
      if (part.text.startsWith('~') && part === word.parts[0]) expander.tilde(part.text, true, word.parts.length > 1, false, out);
      else out.split(part.text);
    } else await expander.parts([part], out, false, part === word.parts[0]);
  }
}

async function scalarOf(expander: Expander, name: string, index: Word | undefined): Promise<string | undefined> {
  const host = expander.host;
  if (index !== undefined) {
    const variable = host.variables.find(name);
    if (variable?.assoc !== undefined) return variable.assoc.get(await expander.text(index));
    const number = Number(await expander.arithmetic(index));
    if (number === 0 && host.variables.special.has(name)) return host.variables.get(name);
    return elementOf(variable, number);
  }
  if (/^[0-9]+$/.test(name)) return name === '0' ? host.special('0') : host.positional[Number(name) - 1];
  if (!/^[A-Za-z_]/.test(name)) return host.special(name);
  const own = host.variables.own(name);
  if (own?.nameref && own.value !== undefined) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(own.value);
    if (match !== null)
      return scalarOf(expander, match[1] ?? '', { parts: [{ kind: 'text', text: match[2] ?? '' }], source: match[2] ?? '' });
  }
  return host.variables.get(name);
}

function giveList(expander: Expander, values: readonly string[], kind: string, out: Collector, quoted: boolean): void {
  if (kind === '*' && quoted) {
    const separators = expander.separators();
    out.quoted(values.join([...separators][0] ?? ''));
    return;
  }
  if (!out.splits) {
    const joined = values.join(kind === '*' ? ([...expander.separators()][0] ?? '') : ' ');
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

async function expandListParameter(
  expander: Expander,
  part: ParameterPart,
  name: string,
  kind: '@' | '*',
  out: Collector,
  quoted: boolean,
): Promise<void> {
  const host = expander.host;
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
    giveList(expander, values, kind, out, quoted);
    return;
  }
  if (/^:?[-=+?]$/.test(operator)) {
    const joined = values.join(' ');
    const missing = values.length === 0 || (operator.startsWith(':') && joined === '');
    const bare = operator.replace(':', '');
    if (bare === '+' ? !missing : missing && bare === '-') await expandArgument(expander, part.argument, out, quoted);
    else if (bare === '?' && missing)
      throw new ExpansionError(`${name}: ${(part.argument && (await expander.text(part.argument))) || 'parameter null or not set'}`);
    else if (bare !== '+') giveList(expander, values, kind, out, quoted);
    return;
  }
  if (operator === ':') {
    let offset = Number(await expander.arithmetic(part.argument ?? { parts: [], source: '' }));
    const count = part.second === undefined ? undefined : Number(await expander.arithmetic(part.second));
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
    giveList(expander, values, kind, out, quoted);
    return;
  }
  if (operator.startsWith('@')) {
    const letter = operator[1] as string;
    if (letter === 'A' || letter === 'a' || ((letter === 'K' || letter === 'k') && variable !== undefined)) {
      if (letter === 'K' || letter === 'k') {
        const pairs = keysOf(variable).flatMap((key, i) =>
          letter === 'k' ? [key, values[i] ?? ''] : [`${key} ${quoteText(values[i] ?? '', 'double')}`],
        );
        giveList(expander, letter === 'k' ? pairs : [pairs.join(' ')], kind, out, quoted);
        return;
      }
      giveList(
        expander,
        letter === 'a' ? values.map(() => attributesOf(variable)) : [declaration(name, variable ?? {}, false)],
        kind,
        out,
        quoted,
      );
      return;
    }
    values = await Promise.all(values.map((value) => transform(expander, letter, value, name)));
    giveList(expander, values, kind, out, quoted);
    return;
  }
  const change = await changerOf(expander, part);
  giveList(expander, values.map(change), kind, out, quoted);
}

async function substringOf(expander: Expander, part: ParameterPart, value: string): Promise<string> {
  const characters = [...value];
  let offset = Number(await expander.arithmetic(part.argument ?? { parts: [], source: '' }));
  if (offset < 0) offset += characters.length;
  if (offset < 0 || offset > characters.length) return '';
  if (part.second === undefined) return characters.slice(offset).join('');
  const length = Number(await expander.arithmetic(part.second));
  const end = length < 0 ? characters.length + length : offset + length;
  if (end < offset) throw new ExpansionError(`${part.second.source}: substring expression < 0`);
  return characters.slice(offset, end).join('');
}

/** `#`, `%`, `/`, `^`, `,` as a function of a value. */
async function changerOf(expander: Expander, part: ParameterPart): Promise<(value: string) => string> {
  const operator = part.operator as string;
  const pattern = part.argument === undefined ? '' : await expander.pattern(part.argument);
  const extglob = expander.host.globOptions.extglob ?? true;
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
      const replacement = part.second === undefined ? '' : await expander.pattern(part.second);
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

async function transform(expander: Expander, letter: string, value: string | undefined, name: string): Promise<string> {
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
      return expander.text({
        parts: [{ kind: 'quoted', text: (value ?? '').replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\') }],
        source: '',
      });
    case 'P':
      return expander.host.prompt(value ?? '');
    case 'A':
      return value === undefined ? '' : declaration(name, expander.host.variables.find(name) ?? { value }, false);
    case 'a':
      return attributesOf(expander.host.variables.find(name));
    case 'K':
    case 'k':
      return value === undefined ? '' : quoteText(value);
    default:
      throw new ExpansionError(`\${${name}@${letter}}: bad substitution`);
  }
}
