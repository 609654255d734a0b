/** Variables as words and as text: their elements, keys and attributes, and what would declare them again. */
import { quoteText, sortedIndices, type Variable } from './variables.ts';

export function elementOf(variable: Variable | undefined, index: number): string | undefined {
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

export function keysOf(variable: Variable | undefined): string[] {
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
