/** `declare` and its kin, and `unset`. */
import type { Shell } from '../shell.ts';
import type { Assignment } from '../syntax/ast.ts';
import { assignElements, assignScalar } from '../variables/assignments.ts';
import { declaration } from '../variables/declarations.ts';
import type { Variable } from '../variables/variables.ts';

/** The letters of a command, and its usage. */
const usages: Readonly<Record<string, readonly [string, string]>> = {
  export: ['fnp', 'export [-fn] [name[=value] ...] or export -p'],
  readonly: ['aAfp', 'readonly [-aAf] [name[=value] ...] or readonly -p'],
};

/** `declare`, `local`, `export` and `readonly` are one command with other defaults. */
export async function declare(
  shell: Shell,
  argv: readonly string[],
  arrays: readonly (Assignment | undefined)[] | undefined,
  base: { readonly local?: boolean; readonly exported?: boolean; readonly readonly?: boolean },
): Promise<number> {
  const name = argv[0] as string;
  const { variables } = shell;
  if (name === 'local' && !variables.inFunction) {
    await shell.complain('local: can only be used in a function');
    return 1;
  }
  const flags = new Set<string>();
  const off = new Set<string>();
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (option === '--') {
      at++;
      break;
    }
    if (!/^[-+][A-Za-z]/.test(option) || arrays?.[at] !== undefined) break;
    for (const letter of option.slice(1)) {
      if (!(usages[name]?.[0] ?? 'aAfFgiIlnprtux').includes(letter)) {
        await shell.complain(`${name}: -${letter}: invalid option`);
        if (usages[name] !== undefined) await shell.write(2, `${name}: usage: ${usages[name][1]}\n`);
        return 2;
      }
      (option[0] === '-' ? flags : off).add(letter);
    }
  }
  const operands = argv.slice(at);
  if (flags.has('f') || flags.has('F')) {
    if (base.exported || base.readonly) {
      let unknown = 0;
      for (const operand of operands) {
        if (shell.functions.has(operand)) continue;
        await shell.complain(`${name}: ${operand}: not a function`);
        unknown = 1;
      }
      return unknown;
    }
    const names = operands.length > 0 ? operands : [...shell.functions.keys()].sort();
    let status = 0;
    for (const functionName of names) {
      const found = shell.functions.get(functionName);
      if (found === undefined) status = 1;
      else
        await shell.write(
          1,
          flags.has('F') ? (operands.length > 0 ? `${functionName}\n` : `declare -f ${functionName}\n`) : `${found.source}\n`,
        );
    }
    return status;
  }
  if (operands.length === 0) {
    for (const key of variables.names().sort()) {
      const variable = variables.own(key) as Variable;
      if (base.exported && !variable.exported) continue;
      if ((base.readonly || flags.has('r')) && !variable.readonly) continue;
      if (
        [...flags].some(
          (flag) =>
            (flag === 'x' && !variable.exported) ||
            (flag === 'a' && !variable.array) ||
            (flag === 'A' && !variable.assoc) ||
            (flag === 'i' && !variable.integer),
        )
      )
        continue;
      if (variable.value === undefined && !variable.array && !variable.assoc && !variable.exported) continue;
      await shell.write(
        1,
        flags.size > 0 || base.exported || base.readonly ? `${declaration(key, variable)}\n` : `${key}=${variable.value ?? ''}\n`,
      );
    }
    return 0;
  }
  if (flags.has('p')) {
    let status = 0;
    for (const key of operands) {
      const variable = variables.own(key);
      if (variable === undefined) {
        await shell.complain(`${name}: ${key}: not found`);
        status = 1;
      } else await shell.write(1, `${declaration(key, variable)}\n`);
    }
    return status;
  }
  let status = 0;
  for (let i = 0; i < operands.length; i++) {
    const array = arrays?.[at + i];
    const operand = operands[i] as string;
    const match = /^([A-Za-z_]\w*)(?:\[([^\]]*)\])?(?:(\+?=)(.*))?$/s.exec(operand);
    if (match === null) {
      await shell.complain(`${name}: \`${operand}': not a valid identifier`);
      status = 1;
      continue;
    }
    const key = match[1] as string;
    if (off.has('n') || (name === 'export' && flags.has('n'))) {
      const own = variables.own(key);
      if (own !== undefined) {
        if (name === 'export') own.exported = false;
        else own.nameref = false;
      }
      continue;
    }
    const local = (base.local || ((name === 'declare' || name === 'typeset') && variables.inFunction)) && !flags.has('g');
    const variable = local ? variables.makeLocal(key) : variables.declare(flags.has('n') ? key : variables.resolve(key));
    if (flags.has('n')) {
      variable.nameref = true;
      if (match[4] !== undefined) variable.value = match[4];
      continue;
    }
    if (flags.has('a') && variable.array === undefined) {
      variable.array = new Map(variable.value === undefined ? [] : [[0, variable.value]]);
      variable.value = undefined;
    }
    if (flags.has('A')) variable.assoc ??= new Map();
    if (flags.has('i')) variable.integer = true;
    if (off.has('i')) variable.integer = false;
    if (flags.has('l')) variable.lower = true;
    if (flags.has('u')) variable.upper = true;
    if (array !== undefined) await assignElements(shell, variable, array, key);
    else if (match[4] !== undefined) {
      if (match[2] !== undefined) shell.expander.setElement(key, match[2], match[4], match[3] === '+=');
      else if ((variable.array !== undefined || variable.assoc !== undefined) && /^\(.*\)$/s.test(match[4]))
        await shell.evaluate(`${key}${match[3]}${match[4]}`);
      else assignScalar(shell, key, match[4], match[3] === '+=');
    }
    if (base.exported || flags.has('x')) variable.exported = true;
    if (off.has('x')) variable.exported = false;
    if (base.readonly || flags.has('r')) variable.readonly = true;
  }
  return status;
}

export async function unset(shell: Shell, argv: readonly string[]): Promise<number> {
  let mode = '';
  let status = 0;
  for (const name of argv.slice(1)) {
    if (/^-[fvn]$/.test(name)) {
      mode = name[1] as string;
      continue;
    }
    const match = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name);
    if (match !== null) {
      const variable = shell.variables.find(match[1] as string);
      const index = match[2] as string;
      if (index === '@' || index === '*') shell.variables.unset(match[1] as string);
      else if (variable?.assoc !== undefined) variable.assoc.delete(index.replace(/^(["'])(.*)\1$/s, '$2'));
      else {
        let at = Number(shell.expander.calculate(index));
        if (at < 0) at += Math.max(-1, ...(variable?.array?.keys() ?? [])) + 1;
        variable?.array?.delete(at);
      }
      continue;
    }
    if (mode !== 'f' && (shell.variables.own(name) !== undefined || shell.variables.special.has(name))) {
      const own = shell.variables.own(name);
      if (own?.readonly) {
        await shell.complain(`unset: ${name}: cannot unset: readonly variable`);
        status = 1;
      } else shell.variables.unset(mode === 'n' ? name : shell.variables.resolve(name));
    } else if (mode !== 'v') shell.functions.delete(name);
  }
  return status;
}
