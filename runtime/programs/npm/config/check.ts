/** Values against the types of their settings, and how npm complains about them. */
import { resolvePath } from '../paths.ts';
import { settings, type SettingType, type SettingValue } from './settings.ts';

const invalid = Symbol('invalid');

/** Where paths begin. */
export interface PathBase {
  readonly home: string;
  readonly cwd: string;
}

function expandPath(text: string, { home, cwd }: PathBase): string {
  return text.startsWith('~/') ? resolvePath(home, text.slice(2)) : resolvePath(cwd, text);
}

const isSemver = (text: string) => /^[v=\s]*(\d+)\.(\d+)\.(\d+)(?:-[\dA-Za-z-.]+)?(?:\+[\dA-Za-z-.]+)?$/.test(text.trim());

/** The value as its type has it, or `invalid`. */
function as(type: SettingType, value: unknown, base: PathBase): unknown {
  if (type.startsWith('=')) {
    const word = type.slice(1);
    return value === word || (typeof value === 'number' && String(value) === word) ? value : invalid;
  }
  switch (type) {
    case 'null':
      return value === null ? null : invalid;
    case 'string':
      return String(value);
    case 'number':
      return Number.isNaN(Number(value)) ? invalid : Number(value);
    case 'boolean':
      if (typeof value !== 'string') return Boolean(value);
      return Number.isNaN(Number(value)) ? value !== 'null' && value !== 'false' : Number(value) !== 0;
    case 'path':
      return typeof value === 'string' ? expandPath(value, base) : value === null ? null : invalid;
    case 'url': {
      if (typeof value !== 'string') return invalid;
      try {
        const { href, host } = new URL(value);
        return host === '' ? invalid : href;
      } catch {
        return invalid;
      }
    }
    case 'date': {
      const time = value instanceof Date ? value.getTime() : Date.parse(String(value));
      return Number.isNaN(time) ? invalid : new Date(time);
    }
    case 'semver':
      return typeof value === 'string' && isSemver(value) ? value.trim().replace(/^[v=\s]+/, '') : invalid;
    case 'umask': {
      const number = typeof value === 'number' ? value : typeof value === 'string' ? Number.parseInt(value, 8) : Number.NaN;
      return Number.isInteger(number) && number >= 0 && number <= 511 ? number : invalid;
    }
    default:
      return invalid;
  }
}

/** As typed text: `true`, `false`, `null` and numbers become what they say where the type has them. */
function read(value: unknown, types: readonly SettingType[]): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === 'null' && types.includes('null')) return null;
  if ((text === 'true' || text === 'false') && types.includes('boolean')) return text === 'true';
  if (types.includes('number') && !Number.isNaN(Number(text))) return Number(text);
  return text;
}

/** The checked value; undefined where nothing of it may stay. `complain` is told of each bad one. */
export function checkSetting(name: string, value: unknown, base: PathBase, complain: (bad: unknown) => void): SettingValue {
  const types = settings[name]?.type;
  const isList = Array.isArray(value);
  const all = (isList ? value : [value]) as unknown[];
  const kept: unknown[] = [];
  for (const one of all) {
    if (types === undefined) {
      kept.push(typeof one === 'string' ? (one === 'true' ? true : one === 'false' ? false : one === 'null' ? null : one.trim()) : one);
      continue;
    }
    let next = read(one, types);
    if (next === false && types.includes('null') && !types.includes('boolean')) next = null;
    let result: unknown = invalid;
    // Any list takes what its other types take.
    for (const type of types) {
      if (type === 'list') continue;
      result = as(type, next, base);
      if (result !== invalid) break;
    }
    if (result === invalid) complain(next);
    else kept.push(result);
  }
  if (kept.length === 0) return types?.includes('list') === true && isList ? [] : undefined;
  return (isList ? kept : kept[0]) as SettingValue;
}

const descriptions: Partial<Record<SettingType, string>> = {
  semver: 'full valid SemVer string',
  umask: 'octal number in range 0o000..0o777 (0..511)',
  url: 'full url with "http://"',
  path: 'valid filesystem path',
  number: 'numeric value',
  boolean: 'boolean value (true or false)',
  date: 'valid Date string',
};

/** The second line of npm's complaint. */
export function mustBe(name: string): readonly [string, string] {
  const types = settings[name]?.type ?? [];
  const shown: readonly SettingType[] = types.includes('url') ? ['url'] : types.includes('path') ? ['path'] : types;
  const list = shown.includes('list');
  const kinds = shown.filter((type) => type !== 'list');
  const words = kinds.map((type) => (type.startsWith('=') ? type.slice(1) : type === 'null' ? 'null' : (descriptions[type] ?? 'string')));
  const few = words.length === 1;
  const keyword = few ? (list ? ' one or more' : '') : list ? ' one or more of:' : ' one of:';
  return [`Must be${keyword}`, [...new Set(words)].join(', ')];
}

const variable = /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g;

/** `${NAME}` and `${NAME?}` by the environment; an unknown name stays as it is. */
export function expandVariables(text: string, env: ReadonlyMap<string, string>): string {
  return text.replace(variable, (whole: string, escapes: string, name: string, optional: string | undefined) => {
    if (escapes.length % 2 === 1) return whole.slice((escapes.length + 1) / 2);
    return escapes.slice(escapes.length / 2) + (env.get(name) ?? (optional === '?' ? '' : `\${${name}}`));
  });
}

/** What a file, the environment or a flag says, as the best type that the setting has. */
export function parseField(value: unknown, name: string, env: ReadonlyMap<string, string>, base: PathBase, inList = false): unknown {
  if (typeof value !== 'string' && !Array.isArray(value)) return value;
  const types = settings[name]?.type ?? [];
  const isPath = types.includes('path');
  const isString = isPath || types.includes('string');
  const isList = !inList && types.includes('list');
  if (Array.isArray(value)) return isList ? value.map((one) => parseField(one, name, env, base, true)) : value;
  let text = value.trim();
  if (isList) return text.split('\n\n').map((one) => parseField(one, name, env, base, true));
  if (types.includes('boolean') && !isString && text === '') return true;
  if (!isString && !types.includes('number')) {
    if (text === 'true') return true;
    if (text === 'false') return false;
    if (text === 'null') return null;
    if (text === 'undefined') return undefined;
  }
  text = expandVariables(text, env);
  if (types.includes('date')) return new Date(text);
  if (isPath) return expandPath(text, base);
  if (types.includes('umask')) {
    const number = Number.parseInt(text, 8);
    return Number.isNaN(number) ? text : number;
  }
  return types.includes('number') && text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}
