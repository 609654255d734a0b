/**
 * Node's own command line: the rules of its `OptionsParser`, over the option table dumped from the pinned release. What the
 * table does not say (implications, checks between options, V8's flags) is written here.
 */
import type { LibraryMeta, OptionInfo } from './library.ts';

export interface CommandLine {
  /** Every option with its value, negations too, as `getCLIOptionsValues()` gives them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** `process.execArgv`. */
  readonly execArgv: readonly string[];
  /** What follows the options: the script and its arguments. */
  readonly rest: readonly string[];
  /** Each is printed as `node: ${error}`; the exit code is then 9. */
  readonly errors: readonly string[];
  /** `--stack-trace-limit`, a flag of V8. */
  readonly stackTraceLimit?: number;
}

/** `if set, these are set too` — a negated name is set to false. */
const implications: Readonly<Record<string, readonly string[]>> = {
  '--eval': ['[has_eval_string]'],
  '--watch-path': ['--watch'],
  '--experimental-transform-types': ['--strip-types', '--enable-source-maps'],
  '--trace-env-js-stack': ['--trace-env'],
  '--trace-env-native-stack': ['--trace-env'],
  '--report-signal': ['--report-on-signal'],
  '--experimental-test-coverage': [],
  '--inspect-brk': ['--inspect'],
  '--inspect-wait': ['--inspect'],
  '--no-addons': [],
};

/** Two names of one option, of which neither is an alias. */
const twins: Readonly<Record<string, string>> = {
  '--require-module': '--experimental-require-module',
  '--experimental-require-module': '--require-module',
};

/** V8's flags are not in the table; those that people pass are taken and have no effect here. */
const v8Flag =
  /^--(no-?)?(max-|min-|harmony|js-|stack-size|stack-trace-limit|expose-gc|expose_gc|allow-natives-syntax|use-strict|gc-|trace-(gc|opt|deopt)|jitless|opt|sparkplug|maglev|turbo|lazy|wasm|random-seed|predictable|single-threaded|optimize-for-size|huge-max-old|semi-space|initial-|abort-on-uncaught|interpreted-frames|perf-|always-|concurrent-|flush-bytecode|enable-|verify-|print-bytecode|heap-growing|icu-timezone|regexp-|experimental-wasm|liftoff|stress-)/;

/** Splits `NODE_OPTIONS` at spaces outside double quotes; a backslash escapes inside them. */
function splitNodeOptions(text: string): { readonly args: string[]; readonly error?: string } {
  const args: string[] = [];
  let quoted = false;
  let begin = true;
  for (let i = 0; i < text.length; i++) {
    let char = text[i]!;
    if (char === '\\' && quoted) {
      if (i + 1 === text.length) return { args, error: 'invalid value for NODE_OPTIONS (invalid escape)' };
      char = text[++i]!;
    } else if (char === ' ' && !quoted) {
      begin = true;
      continue;
    } else if (char === '"') {
      quoted = !quoted;
      continue;
    }
    if (begin) args.push(char);
    else args[args.length - 1] += char;
    begin = false;
  }
  return quoted ? { args, error: 'invalid value for NODE_OPTIONS (unterminated string)' } : { args };
}

class OptionsParser {
  readonly #meta: LibraryMeta;
  readonly #infos: Map<string, OptionInfo>;
  readonly #aliases: Map<string, readonly string[]>;
  readonly values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  readonly errors: string[] = [];
  stackTraceLimit: number | undefined;

  constructor(meta: LibraryMeta) {
    this.#meta = meta;
    this.#infos = new Map(meta.optionInfo);
    this.#aliases = new Map(meta.optionAliases);
    const types = meta.optionTypes;
    for (const [name, info] of meta.optionInfo) {
      if (info.type === types.kBoolean) this.#setBoolean(name, info.defaultIsTrue);
      else this.values[name] = structuredCopy(meta.optionValues[name]);
    }
    for (const name of Object.keys(meta.optionValues))
      if (!(name in this.values)) this.values[name] = structuredCopy(meta.optionValues[name]);
    // The release was dumped by a process that had options of its own.
    this.values['--eval'] = '';
  }

  #setBoolean(name: string, value: boolean): void {
    this.values[name] = value;
    if (name.startsWith('--')) this.values[`--no-${name.slice(2)}`] = !value;
    if (!value) return;
    for (const implied of implications[name] ?? []) this.#setBoolean(implied, true);
  }

  /** Options that have variables of their own, which what is asked for on the command line overrides. */
  readEnvironment(env: Environment): void {
    for (const name of ['pending-deprecation', 'preserve-symlinks', 'preserve-symlinks-main']) {
      if (env.get(`NODE_${name.replaceAll('-', '_').toUpperCase()}`) === '1') this.#setBoolean(`--${name}`, true);
    }
    this.values['--redirect-warnings'] ||= env.get('NODE_REDIRECT_WARNINGS') ?? '';
  }

  /** Takes options off the front of `args`. With `inEnvironment` only what `NODE_OPTIONS` may hold. */
  parse(args: string[], inEnvironment: boolean): void {
    const types = this.#meta.optionTypes;
    while (args.length > 0 && this.errors.length === 0) {
      const first = args[0]!;
      if (first.length <= 1 || !first.startsWith('-')) break;
      const arg = args.shift()!;
      if (arg === '--') {
        if (inEnvironment) this.errors.push('-- is not allowed in NODE_OPTIONS');
        break;
      }
      const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
      let name = equals > 0 ? arg.slice(0, equals) : arg;
      const original = equals > 0 ? `${name}=` : name;
      if (name.startsWith('--')) name = `--${name.slice(2).replaceAll('_', '-')}`;
      let alias: readonly string[] | undefined;
      while (
        (alias = this.#aliases.get(equals > 0 ? `${name}=` : name) ?? this.#aliases.get(name)) !== undefined ||
        ((alias = this.#aliases.get(`${name} <arg>`)) !== undefined && args.length > 0 && args[0] !== '' && !args[0]!.startsWith('-'))
      ) {
        const previous = name;
        name = alias[0]!;
        args.unshift(...alias.slice(1));
        if (name === previous) break;
      }
      let info = this.#infos.get(name);
      let negated = false;
      if (info === undefined && name.startsWith('--no-')) {
        const plain = this.#aliases.get(`--${name.slice(5)}`)?.[0] ?? `--${name.slice(5)}`;
        info = this.#infos.get(plain);
        if (info !== undefined) {
          negated = true;
          name = plain;
        }
      }
      if (inEnvironment && (info === undefined ? !v8Flag.test(name) : info.envVarSettings !== this.#meta.envSettings.kAllowedInEnvvar)) {
        this.errors.push(`${original} is not allowed in NODE_OPTIONS`);
        break;
      }
      if (info === undefined) {
        const limit = /^--stack-trace-limit$/.test(name) && equals > 0 ? Number(arg.slice(equals + 1)) : NaN;
        if (!Number.isNaN(limit)) this.stackTraceLimit = limit;
        else if (!v8Flag.test(name)) this.errors.push(`bad option: ${arg}`);
        continue;
      }
      if (negated && info.type !== types.kBoolean && info.type !== types.kV8Option) {
        this.errors.push(`${arg} is an invalid negation because it is not a boolean option`);
        break;
      }
      if (info.type === types.kBoolean) {
        this.#setBoolean(name, !negated);
        const twin = twins[name];
        if (twin !== undefined) this.#setBoolean(twin, !negated);
        continue;
      }
      if (info.type === types.kNoOp || info.type === types.kV8Option) {
        if (name === '--stack-trace-limit' && equals > 0) this.stackTraceLimit = Number(arg.slice(equals + 1));
        else this.values[name] = !negated;
        continue;
      }
      let value: string | undefined;
      if (equals > 0) value = arg.slice(equals + 1);
      else {
        value = args.shift();
        if (value?.startsWith('-')) value = undefined;
        else if (value !== undefined && value.length > 2 && value.startsWith('\\-')) value = value.slice(1);
      }
      if (value === undefined || (equals > 0 && value === '')) {
        this.errors.push(`${original} requires an argument`);
        break;
      }
      this.#set(name, info.type, value);
      if (name === '--stack-trace-limit') this.stackTraceLimit = this.values[name] as number;
      for (const implied of implications[name] ?? []) this.#setBoolean(implied, true);
    }
  }

  #set(name: string, type: number, value: string): void {
    const types = this.#meta.optionTypes;
    if (type === types.kInteger || type === types.kUInteger) this.values[name] = Number.parseInt(value, 10) || 0;
    else if (type === types.kStringList) this.values[name] = [...((this.values[name] as string[] | undefined) ?? []), value];
    else if (type === types.kHostPort) {
      const colon = value.lastIndexOf(':');
      const port = Number(colon < 0 ? value : value.slice(colon + 1));
      const host = colon < 0 ? (Number.isNaN(port) ? value : '127.0.0.1') : value.slice(0, colon);
      this.values[name] = { host, port: Number.isNaN(port) ? 9229 : port };
    } else this.values[name] = value;
  }

  /** What the permission model takes away. */
  restrict(): void {
    if (this.values['--permission'] === true && this.values['--allow-addons'] !== true) this.#setBoolean('--addons', false);
  }

  /** What Node's `CheckOptions` refuses. */
  check(): void {
    const value = this.values;
    const both = (one: string, other: string) => this.errors.push(`either ${one} or ${other} can be used, not both`);
    if (value['--use-openssl-ca'] === true && value['--use-bundled-ca'] === true) both('--use-openssl-ca', '--use-bundled-ca');
    const hasEval = value['[has_eval_string]'] === true;
    if (value['--check'] === true && (hasEval || value['--interactive'] === true)) both('--check', '--eval');
    const inputType = value['--input-type'];
    if (!['', 'commonjs', 'module', 'commonjs-typescript', 'module-typescript'].includes(String(inputType ?? ''))) {
      this.errors.push('--input-type must be "module","commonjs", "module-typescript" or "commonjs-typescript"');
    }
    const rejections = String(value['--unhandled-rejections'] ?? '');
    if (!['', 'strict', 'warn-with-error-code', 'throw', 'warn', 'none'].includes(rejections)) {
      this.errors.push('invalid value for --unhandled-rejections');
    }
    if (value['--test'] === true) {
      if (value['--check'] === true) both('--test', '--check');
      if (hasEval) both('--test', '--eval');
      if (value['--interactive'] === true) both('--test', '--interactive');
    }
    if (value['--watch'] === true) {
      if (value['--check'] === true) both('--watch', '--check');
      else if (hasEval) both('--watch', '--eval');
      else if (value['--interactive'] === true) both('--watch', '--interactive');
      else if (value['--test'] === true && value['--test-force-exit'] === true) both('--watch', '--test-force-exit');
    }
  }
}

function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return typeof value === 'object' && value !== null ? { ...value } : value;
}

/** The variables of a process. */
export interface Environment {
  get(name: string): string | undefined;
}

/** `argv` without the program's own name. */
export function parseCommandLine(meta: LibraryMeta, argv: readonly string[], env: Environment = new Map()): CommandLine {
  const parser = new OptionsParser(meta);
  parser.readEnvironment(env);
  const nodeOptions = env.get('NODE_OPTIONS');
  if (nodeOptions !== undefined && nodeOptions !== '') {
    const { args, error } = splitNodeOptions(nodeOptions);
    if (error !== undefined) parser.errors.push(error);
    else {
      while (args.length > 0 && parser.errors.length === 0) {
        const before = args.length;
        parser.parse(args, true);
        if (args.length === before) {
          parser.errors.push(`${args[0]} is not allowed in NODE_OPTIONS`);
        }
      }
    }
  }
  const rest = [...argv];
  if (parser.errors.length === 0) parser.parse(rest, false);
  if (parser.errors.length === 0) parser.check();
  parser.restrict();
  const consumed = argv.length - rest.length;
  return {
    values: parser.values,
    execArgv: argv.slice(0, Math.max(0, consumed)).filter((arg, i, all) => arg !== '--' || i !== all.length - 1),
    rest,
    errors: parser.errors,
    ...(parser.stackTraceLimit === undefined ? {} : { stackTraceLimit: parser.stackTraceLimit }),
  };
}
