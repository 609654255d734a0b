/** Shell variables with their attributes. `local` hides a variable until its function returns (dynamic scope). */

export interface Variable {
  value?: string | undefined;
  /** Indexed array; sparse, keys ascending when listed. */
  array?: Map<number, string> | undefined;
  assoc?: Map<string, string> | undefined;
  exported?: boolean;
  readonly?: boolean;
  integer?: boolean;
  lower?: boolean;
  upper?: boolean;
  nameref?: boolean;
}

export class ReadonlyVariableError extends Error {}

export class Variables {
  readonly #table: Map<string, Variable>;
  #frames: Map<string, Variable | undefined>[] = [];
  /** Values that are computed, and what setting them does. */
  readonly special = new Map<string, { readonly get: () => string; readonly set?: (value: string) => void }>();

  constructor(table: Map<string, Variable> = new Map()) {
    this.#table = table;
  }

  clone(): Variables {
    const copy = new Map<string, Variable>();
    for (const [name, variable] of this.#table) copy.set(name, copyVariable(variable));
    const clone = new Variables(copy);
    clone.#frames = this.#frames.map((frame) => new Map(frame));
    return clone;
  }

  names(): string[] {
    return [...this.#table.keys()];
  }

  /** The variable a name stands for, through name references. */
  resolve(name: string): string {
    for (let i = 0; i < 20; i++) {
      const variable = this.#table.get(name);
      if (!variable?.nameref || !variable.value || /\[/.test(variable.value)) return name;
      name = variable.value;
    }
    return name;
  }

  find(name: string): Variable | undefined {
    return this.#table.get(this.resolve(name));
  }

  /** Itself, not what it refers to. */
  own(name: string): Variable | undefined {
    return this.#table.get(name);
  }

  get(name: string): string | undefined {
    const special = this.special.get(name);
    if (special !== undefined) return special.get();
    const variable = this.find(name);
    if (variable === undefined) return undefined;
    if (variable.array !== undefined) return variable.array.get(0);
    if (variable.assoc !== undefined) return variable.assoc.get('0');
    return variable.value;
  }

  /** Makes the variable if it is not there. @throws {ReadonlyVariableError} */
  set(name: string, value: string): Variable {
    const special = this.special.get(name);
    if (special !== undefined) {
      special.set?.(value);
      return { value };
    }
    const variable = this.declare(this.resolve(name));
    if (variable.readonly) throw new ReadonlyVariableError(`${name}: readonly variable`);
    const text = variable.lower ? value.toLowerCase() : variable.upper ? value.toUpperCase() : value;
    if (variable.array !== undefined) variable.array.set(0, text);
    else if (variable.assoc !== undefined) variable.assoc.set('0', text);
    else variable.value = text;
    return variable;
  }

  declare(name: string): Variable {
    let variable = this.#table.get(name);
    if (variable === undefined) this.#table.set(name, (variable = {}));
    return variable;
  }

  unset(name: string): void {
    if (this.#table.get(name)?.readonly) throw new ReadonlyVariableError(`${name}: cannot unset: readonly variable`);
    this.#table.delete(name);
    this.special.delete(name);
  }

  replace(name: string, variable: Variable | undefined): void {
    if (variable === undefined) this.#table.delete(name);
    else this.#table.set(name, variable);
  }

  enterFunction(): void {
    this.#frames.push(new Map());
  }

  leaveFunction(): void {
    for (const [name, variable] of this.#frames.pop() ?? []) this.replace(name, variable);
  }

  get inFunction(): boolean {
    return this.#frames.length > 0;
  }

  /** A fresh variable until the function returns; the same one if it is local already. */
  makeLocal(name: string): Variable {
    const frame = this.#frames.at(-1);
    const old = this.#table.get(name);
    if (frame === undefined || frame.has(name)) return this.declare(name);
    if (old?.readonly) throw new ReadonlyVariableError(`${name}: readonly variable`);
    frame.set(name, old);
    const fresh: Variable = old?.exported ? { exported: true } : {};
    this.#table.set(name, fresh);
    return fresh;
  }

  /** Of the exported variables, in order of their creation. */
  environment(): [string, string][] {
    const list: [string, string][] = [];
    for (const [name, variable] of this.#table) if (variable.exported && variable.value !== undefined) list.push([name, variable.value]);
    return list;
  }
}

export function copyVariable(variable: Variable): Variable {
  const copy: Variable = { ...variable };
  if (variable.array !== undefined) copy.array = new Map(variable.array);
  if (variable.assoc !== undefined) copy.assoc = new Map(variable.assoc);
  return copy;
}

export function sortedIndices(array: ReadonlyMap<number, string>): number[] {
  return [...array.keys()].sort((a, b) => a - b);
}

/** Written so that the shell reads the same text back, as `declare -p` and `${x@Q}` do. */
export function quoteText(text: string, style: 'single' | 'double' = 'single'): string {
  if (/[\x00-\x1f\x7f]/.test(text)) {
    const named: Record<string, string> = {
      '\n': '\\n',
      '\t': '\\t',
      '\r': '\\r',
      '\x1b': '\\E',
      '\x07': '\\a',
      '\b': '\\b',
      '\f': '\\f',
      '\v': '\\v',
      "'": "\\'",
      '\\': '\\\\',
    };
    return `$'${text.replace(/[\x00-\x1f\x7f'\\]/g, (c) => named[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)}'`;
  }
  if (style === 'double') return `"${text.replace(/["\\$`]/g, '\\$&')}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
