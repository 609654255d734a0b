/** `name=value`, `name[index]=value` and `name=(…)`. */
import { traceWord } from '../execution/trace.ts';
import { ExpansionError } from '../expansion/expansion-error.ts';
import type { Shell } from '../shell.ts';
import type { Assignment, Word } from '../syntax/ast.ts';
import { ReadonlyVariableError, type Variable } from './variables.ts';

export async function assign(shell: Shell, assignment: Assignment): Promise<string> {
  const { variables } = shell;
  const name = variables.resolve(assignment.name);
  if (assignment.elements !== undefined) {
    const variable = variables.declare(name);
    if (variable.readonly) throw new ReadonlyVariableError(`${name}: readonly variable`);
    await assignElements(shell, variable, assignment, name);
    return `${name}=(…)`;
  }
  if (assignment.index !== undefined) {
    const value = await shell.expander.text(assignment.value as Word, { assignment: true });
    const own = variables.find(name);
    const index =
      own?.assoc !== undefined
        ? await shell.expander.text(assignment.index)
        : await shell.expander.text({ parts: [{ kind: 'double', parts: assignment.index.parts }], source: '' });
    shell.expander.setElement(name, own?.assoc !== undefined ? index : index, value, assignment.append);
    return `${name}[${index}]=${value}`;
  }
  const value = await shell.expander.text(assignment.value ?? { parts: [], source: '' }, { assignment: true });
  assignScalar(shell, name, value, assignment.append);
  return `${name}=${value === '' ? '' : traceWord(value)}`;
}

export function assignScalar(shell: Shell, name: string, value: string, append = false): void {
  const { variables } = shell;
  const own = variables.find(name);
  if (own?.integer) value = String(shell.expander.calculate(append ? `${own.value ?? 0}+(${value || 0})` : value));
  else if (append) value = (variables.get(name) ?? '') + value;
  const variable = variables.set(name, value);
  if (shell.options.allexport) variable.exported = true;
  if (name === 'PATH') shell.hashed.clear();
  if (name === 'OPTIND') shell.getoptsAt = 0;
}

export async function assignElements(shell: Shell, variable: Variable, assignment: Assignment, name: string): Promise<void> {
  const elements = assignment.elements ?? [];
  if (variable.assoc !== undefined) {
    const map = assignment.append ? variable.assoc : new Map<string, string>();
    const pending: string[] = [];
    for (const element of elements) {
      if (element.index === undefined) pending.push(...(await shell.expander.words([element.value])));
      else map.set(await shell.expander.text(element.index), await shell.expander.text(element.value));
    }
    for (let i = 0; i < pending.length; i += 2) map.set(pending[i] as string, pending[i + 1] ?? '');
    variable.assoc = map;
    return;
  }
  const old = variable.array ?? new Map<number, string>(variable.value === undefined ? [] : [[0, variable.value]]);
  const array = assignment.append ? old : new Map<number, string>();
  let next = assignment.append ? Math.max(-1, ...old.keys()) + 1 : 0;
  const store = (index: number, value: string) =>
    array.set(
      index,
      variable.integer
        ? String(shell.expander.calculate(value))
        : variable.lower
          ? value.toLowerCase()
          : variable.upper
            ? value.toUpperCase()
            : value,
    );
  for (const element of elements) {
    if (element.index !== undefined) {
      next = Number(await shell.expander.arithmetic(element.index));
      if (next < 0) throw new ExpansionError(`${name}: bad array subscript`, false);
      const value = await shell.expander.text(element.value, { assignment: true });
      store(next, element.append ? (old.get(next) ?? '') + value : value);
      next++;
    } else for (const value of await shell.expander.words([element.value])) store(next++, value);
  }
  variable.array = array;
  variable.value = undefined;
}
