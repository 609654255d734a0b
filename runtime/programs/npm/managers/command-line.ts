/** How words on a command line are read: the same for all managers but for their flags. */
import type { DependencyField } from './manifest-edit.ts';
import { splitSpecifier } from './specifiers.ts';

/** Words of a command line: flags by name, the rest in order. After `--` everything is an operand. */
export interface Words {
  readonly flags: ReadonlyMap<string, string | true>;
  /** All values of a flag that was there more than once. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  /** What followed `--`. */
  readonly rest: readonly string[];
}

/**
 * @param valued Flags with a value of their own in the next word.
 * @param short What letters stand for.
 * @param until The words after the first operand belong to what it names.
 * @param nameOf A flag's own name, where it may be written otherwise.
 */
export function parseWords(
  argv: readonly string[],
  valued: readonly string[],
  short: Readonly<Record<string, string>> = {},
  until = false,
  nameOf = (name: string) => name,
): Words {
  const flags = new Map<string, string | true>();
  const lists = new Map<string, string[]>();
  const set = (name: string, value: string | true) => {
    flags.set(name, value);
    if (value !== true) lists.set(name, [...(lists.get(name) ?? []), value]);
  };
  const operands: string[] = [];
  let rest: readonly string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') {
      rest = argv.slice(index + 1);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      if (!until) continue;
      operands.push(...argv.slice(index + 1));
      break;
    }
    const [, dashes = '', name = '', value] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const names =
      dashes === '--'
        ? [name]
        : name in short || name.length === 1
          ? [short[name] ?? name]
          : [...name].map((letter) => short[letter] ?? letter);
    for (const each of names.map(nameOf)) {
      if (value !== undefined) set(each, value);
      else if (valued.includes(each)) set(each, argv[++index] ?? '');
      else set(each, true);
    }
  }
  return { flags, lists, operands, rest };
}

/** What stands behind a command's name belongs to it as well, up to what it names. */
export const withFlags = (words: Words, more: Words): Words => ({
  ...more,
  flags: new Map([...words.flags, ...more.flags]),
  lists: new Map([...words.lists, ...more.lists]),
  rest: [...more.rest, ...words.rest],
});

/** `name`, `name@range`, `alias@npm:name@range`; folders and addresses have no name yet. */
export function parseAdded(text: string): { readonly name: string; readonly range: string } | undefined {
  if (/^(?:\.{1,2}\/|\/|file:|link:|https?:|git)/.test(text) || /^[^@/]+\/[^/]+$/.test(text)) return undefined;
  return splitSpecifier(text);
}

/** Whether what is to be added is a folder. */
export const isFolder = (text: string) => /^(?:file:|link:|portal:|\.{1,2}(?:\/|$)|\/)/.test(text) && !/\.(?:tgz|tar|tar\.gz)$/.test(text);

/** The words of `foreach run x`: what `run` would be given. */
export const afterRun = (words: readonly string[]): readonly string[] => (words[0] === 'run' ? words.slice(1) : words);

/** The package behind `create x`. */
export function createName(name: string): string {
  if (name.startsWith('@')) return name.includes('/') ? name.replace('/', '/create-') : `${name}/create`;
  return `create-${name}`;
}

/** Where an added dependency goes: by the first of these flags that is there. */
export function fieldByFlags(
  { flags }: Words,
  choices: Readonly<Record<string, DependencyField>>,
  otherwise: DependencyField,
): DependencyField {
  return Object.entries(choices).find(([flag]) => flags.has(flag))?.[1] ?? otherwise;
}
