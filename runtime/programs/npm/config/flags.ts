/** Command lines as `nopt` reads them: abbreviations, joined short options, `--no-`, lists, values that are optional. */
import { settings, shorthands, type SettingType } from './settings.ts';

export interface ParsedFlags {
  /** As typed, not yet checked against their types. */
  readonly values: Map<string, unknown>;
  readonly operands: string[];
  /** With short forms spelled out. */
  readonly cooked: readonly string[];
  readonly warnings: readonly string[];
  /** Flags that no setting has, with the word behind that looks like their value. */
  readonly unknown: readonly { readonly flag: string; readonly next?: string }[];
}

/** Every unambiguous beginning of each word. */
export function abbreviations(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string | undefined>();
  for (const word of new Set(words)) {
    for (let length = 1; length < word.length; length++) {
      const start = word.slice(0, length);
      found.set(start, found.has(start) ? undefined : word);
    }
  }
  for (const word of words) found.set(word, word);
  return new Map([...found].filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const longNames = abbreviations(Object.keys(settings));
const shortNames = abbreviations(Object.keys(shorthands));

/** What a shorthand stands for. */
function expand(flag: string, warnings: string[]): readonly string[] | undefined {
  const name = flag.replace(/^-+/, '');
  if (longNames.get(name) === name) return undefined;
  const exact = Object.hasOwn(shorthands, name) ? shorthands[name] : undefined;
  if (exact !== undefined) return exact;
  const letters = [...name];
  if (letters.every((letter) => Object.hasOwn(shorthands, letter))) return letters.flatMap((letter) => shorthands[letter] ?? []);
  if (longNames.has(name)) return undefined;
  const long = shortNames.get(name);
  if (long === undefined) return undefined;
  warnings.push(`Expanding --${name} to --${long}. This will stop working in the next major version of npm.`);
  return shorthands[long];
}

const isNumeric = (text: string) => !Number.isNaN(Number(text));

export function parseFlags(argv: readonly string[]): ParsedFlags {
  const args = [...argv];
  const values = new Map<string, unknown>();
  const operands: string[] = [];
  const warnings: string[] = [];
  const unknown: { flag: string; next?: string }[] = [];
  for (const name of Object.keys(shorthands)) {
    if (name.length > 1 && args.includes(`-${name}`)) {
      warnings.push(`-${name} is not a valid single-hyphen cli flag and will be removed in the future`);
    }
  }
  for (let i = 0; i < args.length; i++) {
    let flag = args[i] as string;
    if (/^-{2,}$/.test(flag)) {
      operands.push(...args.slice(i + 1));
      args[i] = '--';
      break;
    }
    if (!flag.startsWith('-') || flag.length === 1) {
      operands.push(flag);
      continue;
    }
    const equals = flag.indexOf('=');
    const joined = equals >= 0;
    if (joined) {
      args.splice(i, 1, flag.slice(0, equals), flag.slice(equals + 1));
      flag = flag.slice(0, equals);
    }
    const words = expand(flag, warnings);
    if (words !== undefined) {
      args.splice(i, 1, ...words);
      if (flag !== words[0]) {
        i--;
        continue;
      }
    }
    let name = flag.replace(/^-+/, '');
    let no: boolean | null = null;
    while (name.toLowerCase().startsWith('no-')) {
      no = no !== true;
      name = name.slice(3);
    }
    const long = longNames.get(name);
    if (long !== undefined && long !== name) {
      warnings.push(`Expanding --${name} to --${long}. This will stop working in the next major version of npm.`);
      name = long;
    }
    const type: readonly SettingType[] | undefined = Object.hasOwn(settings, name) ? settings[name]?.type : undefined;
    const many = type !== undefined && type.length > 1;
    const isList = type?.includes('list') === true || (type === undefined && values.has(name));
    let next: string | undefined = args[i + 1];
    const put = (value: unknown) => {
      const known = values.get(name);
      values.set(name, isList ? [...(Array.isArray(known) ? (known as unknown[]) : known === undefined ? [] : [known]), value] : value);
    };
    const isBoolean =
      no !== null ||
      type?.includes('boolean') === true ||
      (type === undefined && !joined) ||
      (next === 'false' && type?.includes('null') === true);
    if (type === undefined) {
      const hanging = !joined && next !== undefined && next !== '' && !next.startsWith('-') && next !== 'true' && next !== 'false';
      unknown.push({ flag: name, ...(hanging ? { next: next as string } : {}) });
    }
    if (isBoolean) {
      let value: unknown = no !== true;
      if (next === 'true' || next === 'false') {
        value = (next === 'true') !== (no === true);
        next = undefined;
        i++;
      }
      if (many && next !== undefined && next !== '') {
        if (type.includes(`=${next}`)) {
          value = next;
          i++;
        } else if (next === 'null' && type.includes('null')) {
          value = null;
          i++;
        } else if (!/^-{2,}[^-]/.test(next) && isNumeric(next) && type.includes('number')) {
          value = Number(next);
          i++;
        } else if (!/^-[^-]/.test(next) && type.includes('string')) {
          value = next;
          i++;
        }
      }
      put(value);
      continue;
    }
    if (!many && type?.[0] === 'string') {
      if (next === undefined) next = '';
      else if (/^-{1,2}[^-]+/.test(next)) {
        next = '';
        i--;
      }
    }
    if (next !== undefined && /^-{2,}$/.test(next)) {
      next = undefined;
      i--;
    }
    put(next ?? true);
    i++;
  }
  return { values, operands, cooked: args, warnings, unknown };
}
