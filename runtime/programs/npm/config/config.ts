/** npm's configuration: defaults, global, user and project files, the environment, flags; the later of these win. */
import type { Disk } from '../disk.ts';
import { dirName, resolvePath, upwards } from '../paths.ts';
import { checkSetting, expandVariables, mustBe, parseField, type PathBase } from './check.ts';
import { parseFlags } from './flags.ts';
import { readIni } from './read-ini.ts';
import { settings, type SettingValue } from './settings.ts';

/** From the weakest to the strongest. */
export const configLevels = ['default', 'global', 'user', 'project', 'env', 'cli'] as const;
export type ConfigLevel = (typeof configLevels)[number];
export type ConfigFileLevel = 'global' | 'user' | 'project';

/** What npm would say while it reads the configuration: level, title, message. */
export interface ConfigMessage {
  readonly level: 'warn' | 'error' | 'info';
  readonly title: string;
  readonly message: string;
  /** Held back until a command runs that does not know the setting either. */
  readonly queued?: boolean;
  /** The message is a setting's name; what is said of it is in `deprecations.ts`. */
  readonly deprecated?: boolean;
}

/** What another manager's own files and flags say, by npm's names for it. */
export interface OtherSettings {
  /** As strong as flags. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** In the place of npm's own defaults. */
  readonly defaults?: Readonly<Record<string, SettingValue>>;
}

export interface ConfigSurroundings {
  readonly disk: Disk;
  readonly cwd: string;
  /** Without the program's name. */
  readonly argv: readonly string[];
  readonly other?: OtherSettings | undefined;
  readonly env: ReadonlyMap<string, string>;
  /** The container's own registry, in the place of npm's. Ends in a slash. */
  readonly registry: string;
  readonly nodeVersion: string;
  readonly npmVersion: string;
  readonly stdoutTty: boolean;
  readonly stderrTty: boolean;
  /** Tells whether `folder` is a workspace of the project at `root`, from its `package.json`. */
  readonly isWorkspace: (root: string, folder: string) => boolean;
}

interface Level {
  values: Map<string, SettingValue>;
  /** As the file has it: what `save` writes back. */
  raw: Record<string, unknown>;
  source: string;
}

export class Config {
  readonly #around: ConfigSurroundings;
  readonly #levels: Record<ConfigLevel, Level>;
  readonly home: string;
  readonly messages: ConfigMessage[] = [];
  /** What was typed that is no flag. */
  readonly operands: readonly string[];
  /** The project: the nearest folder with a `package.json` or `node_modules`, or the root of the workspaces it belongs to. */
  readonly localPrefix: string;
  readonly globalPrefix: string;

  constructor(around: ConfigSurroundings) {
    this.#around = around;
    const { env, cwd } = around;
    this.home = env.get('HOME') ?? '/';
    this.#levels = Object.fromEntries(
      configLevels.map((level) => [level, { values: new Map<string, SettingValue>(), raw: {}, source: '' }]),
    ) as unknown as Record<ConfigLevel, Level>;
    this.#loadDefaults();
    const flags = parseFlags(around.argv);
    this.operands = flags.operands;
    for (const message of flags.warnings) this.#say(message);
    for (const { flag, next } of flags.unknown) {
      if (next !== undefined) this.#say(`"${next}" is being parsed as a normal command line argument.`, true);
      void flag;
    }
    const typed = new Map<string, SettingValue>();
    for (const [name, value] of flags.values) {
      const checked = checkSetting(name, value, this.#base, (bad) => this.#complain(name, bad, 'command line options'));
      if (checked !== undefined) typed.set(name, checked);
    }
    this.#load('cli', { ...around.other?.settings, ...Object.fromEntries(typed) }, 'command line options');
    const ofEnvironment: Record<string, unknown> = {};
    for (const [name, value] of env) {
      if (!/^npm_config_/i.test(name) || value === '') continue;
      const key = name.slice('npm_config_'.length);
      ofEnvironment[key.startsWith('//') ? key : key.replace(/(?!^)_/g, '-').toLowerCase()] = value;
    }
    this.#load('env', ofEnvironment, 'environment');
    this.localPrefix = this.#findLocalPrefix();
    const project = resolvePath(this.localPrefix, '.npmrc');
    if (this.global) this.#levels.project.source = '(global mode enabled, ignored)';
    else if (project === this.get('userconfig')) this.#levels.project.source = '(same as "user" config, ignored)';
    else this.#loadFile('project', project);
    this.#loadFile('user', this.text('userconfig') ?? '');
    if (!this.#has('globalconfig', ['user', 'project', 'env', 'cli'])) {
      this.#levels.default.values.set('globalconfig', resolvePath(this.text('prefix') ?? '/usr/local', 'etc/npmrc'));
    }
    this.#loadFile('global', this.text('globalconfig') ?? '');
    this.globalPrefix = this.text('prefix') ?? '/usr/local';
    if (this.get('strict-ssl') === false) {
      this.#say('strict-ssl=false has no effect: the browser checks every certificate', true);
    }
    void cwd;
  }

  get #base(): PathBase {
    return { home: this.home, cwd: this.#around.cwd };
  }

  get global(): boolean {
    return this.get('global') === true || this.get('location') === 'global';
  }

  /** The folder that commands work on. */
  get prefix(): string {
    return this.global ? this.globalPrefix : this.localPrefix;
  }

  get(name: string, level?: ConfigLevel): SettingValue {
    if (level !== undefined) return this.#levels[level].values.get(name);
    for (let i = configLevels.length - 1; i >= 0; i--) {
      const { values } = this.#levels[configLevels[i] as ConfigLevel];
      if (values.has(name)) return values.get(name);
    }
    return undefined;
  }

  /** Where the value comes from. */
  find(name: string): ConfigLevel | undefined {
    return configLevels.findLast((level) => this.#levels[level].values.has(name));
  }

  flag(name: string): boolean {
    const value = this.get(name);
    return value !== undefined && value !== null && value !== false && value !== '';
  }

  /** Undefined for none and for the empty text. */
  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined || value === null || value === '' || value === false ? undefined : String(value);
  }

  /** Undefined where it is not set. */
  count(name: string): number | undefined {
    const value = this.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.get(name);
    return Array.isArray(value) ? value.map(String) : value === undefined || value === null || value === '' ? [] : [String(value)];
  }

  isDefault(name: string): boolean {
    return this.find(name) === 'default';
  }

  level(level: ConfigLevel): { readonly source: string; readonly values: ReadonlyMap<string, SettingValue> } {
    return this.#levels[level];
  }

  set(name: string, value: SettingValue, level: ConfigLevel = 'cli'): void {
    this.#levels[level].values.set(name, value);
    if (level === 'global' || level === 'user' || level === 'project') this.#levels[level].raw[name] = value;
  }

  delete(name: string, level: ConfigLevel = 'cli'): void {
    this.#levels[level].values.delete(name);
    delete this.#levels[level].raw[name];
  }

  /** Writes a level's file by `encode`, the package `ini`'s, or removes it where nothing is left. */
  save(level: ConfigFileLevel, encode: (fields: object) => string): void {
    const { raw, source } = this.#levels[level];
    const { disk } = this.#around;
    const text = `${encode(raw).trim()}\n`;
    if (text.trim() === '') {
      disk.remove(source);
      return;
    }
    disk.makeFolders(dirName(source));
    disk.write(source, text);
    disk.calls.chmod(source, level === 'user' ? 0o600 : 0o644);
  }

  /** Types of dependencies that are not to be installed. */
  get omitted(): ReadonlySet<'dev' | 'optional' | 'peer'> {
    const include = new Set(this.list('include'));
    const omit = new Set(this.list('omit'));
    const production = this.get('production');
    if (/^prod(uction)?$/.test(this.text('only') ?? '') || production === true) omit.add('dev');
    else if (production === false) include.add('dev');
    if (/^dev/.test(this.text('also') ?? '') || this.flag('dev')) include.add('dev');
    const optional = this.get('optional');
    if (optional === false) omit.add('optional');
    else if (optional === true) include.add('optional');
    if (this.isDefault('omit') && this.#around.env.get('NODE_ENV') === 'production') omit.add('dev');
    return new Set([...omit].filter((type): type is 'dev' | 'optional' | 'peer' => !include.has(type)));
  }

  /** `npm_config_…` and what else scripts find in their environment. */
  environment(): Map<string, string> {
    const env = new Map(this.#around.env);
    const defaults = this.#levels.default.values;
    const names = new Set(configLevels.flatMap((level) => [...this.#levels[level].values.keys()]));
    for (const name of names) {
      if (/^[/@_]/.test(name) || settings[name]?.deprecated !== undefined || settings[name]?.local === true) continue;
      const value = this.get(name);
      const text = environmentText(value);
      if (text === undefined) continue;
      const isDefault = same(defaults.get(name), value);
      const level = this.find(name);
      const inEnvironment = this.#levels.env.values.has(name);
      if (isDefault ? inEnvironment && !same(this.#levels.env.values.get(name), value) : !(inEnvironment && level === 'env')) {
        env.set(`npm_config_${name.replaceAll('-', '_').toLowerCase()}`, text);
      }
    }
    env.set('INIT_CWD', this.#around.cwd);
    env.set('HOME', this.home);
    env.set('npm_config_global_prefix', this.globalPrefix);
    env.set('npm_config_local_prefix', this.localPrefix);
    env.set('npm_config_cache', this.text('cache') ?? '');
    env.set('npm_config_userconfig', this.text('userconfig') ?? '');
    env.set('npm_config_globalconfig', this.text('globalconfig') ?? '');
    env.set('npm_config_prefix', this.globalPrefix);
    env.set('npm_config_user_agent', this.userAgent);
    env.set('npm_config_init_module', this.text('init-module') ?? '');
    env.set('npm_config_noproxy', '');
    env.set('npm_config_npm_version', this.#around.npmVersion);
    env.set('EDITOR', this.text('editor') ?? 'vi');
    const options = this.text('node-options');
    if (options !== undefined) env.set('NODE_OPTIONS', options);
    if (this.omitted.has('dev')) env.set('NODE_ENV', 'production');
    return env;
  }

  get userAgent(): string {
    const { nodeVersion, npmVersion } = this.#around;
    return (this.text('user-agent') ?? '')
      .replace(/\{node-version\}/gi, nodeVersion)
      .replace(/\{npm-version\}/gi, npmVersion)
      .replace(/\{platform\}/gi, 'linux')
      .replace(/\{arch\}/gi, 'x64')
      .replace(/\{workspaces\}/gi, String(this.flag('workspaces') || this.list('workspace').length > 0))
      .replace(/\{ci\}/gi, '')
      .trim();
  }

  #say(message: string, queued = false): void {
    this.messages.push({ level: 'warn', title: '', message, queued });
  }

  #complain(name: string, bad: unknown, source: string): void {
    this.messages.push({ level: 'warn', title: 'invalid config', message: `${name}=${JSON.stringify(bad)} set in ${source}` });
    this.messages.push({ level: 'warn', title: 'invalid config', message: mustBe(name).join(' ') });
  }

  #has(name: string, levels: readonly ConfigLevel[]): boolean {
    return levels.some((level) => this.#levels[level].values.has(name));
  }

  #loadDefaults(): void {
    const { env, registry, other, stdoutTty, stderrTty } = this.#around;
    const { values } = this.#levels.default;
    this.#levels.default.source = 'default values';
    for (const [name, { initial }] of Object.entries(settings)) {
      values.set(name, typeof initial === 'string' && initial.startsWith('~/') ? resolvePath(this.home, initial.slice(2)) : initial);
    }
    const noColor = env.get('NO_COLOR');
    values.set('cache-max', Infinity);
    values.set('color', noColor === undefined || noColor === '' || noColor === '0');
    values.set('editor', env.get('EDITOR') ?? env.get('VISUAL') ?? 'vi');
    values.set('prefix', env.get('PREFIX') ?? '/usr/local');
    values.set('registry', registry);
    values.set('shell', env.get('SHELL') ?? 'sh');
    values.set('unicode', /UTF-?8$/i.test(env.get('LC_ALL') ?? env.get('LC_CTYPE') ?? env.get('LANG') ?? ''));
    values.set('progress', stdoutTty && stderrTty && env.get('TERM') !== 'dumb' && !env.has('CI'));
    values.set('npm-version', this.#around.npmVersion);
    for (const [name, value] of Object.entries(other?.defaults ?? {})) values.set(name, value);
  }

  #loadFile(level: ConfigFileLevel, file: string): void {
    this.#levels[level].source = file;
    const text = file === '' ? undefined : this.#around.disk.readText(file);
    if (text === undefined) return;
    const fields = readIni(text);
    if (level === 'project' && fields['prefix'] !== undefined) {
      this.messages.push({ level: 'error', title: 'config', message: `prefix cannot be changed from project config: ${file}.` });
    }
    this.#load(level, fields, file);
    for (const [name, value] of this.#levels[level].values) {
      const checked = checkSetting(name, value, this.#base, (bad) => this.#complain(name, bad, file));
      if (checked === undefined && value !== undefined) this.#levels[level].values.delete(name);
      else this.#levels[level].values.set(name, checked);
    }
  }

  #load(level: ConfigLevel, fields: Record<string, unknown>, source: string): void {
    const { env } = this.#around;
    const target = this.#levels[level];
    target.source = source;
    target.raw = fields;
    for (const [key, value] of Object.entries(fields)) {
      const name = expandVariables(key, env);
      const { deprecated, exclusive } = (Object.hasOwn(settings, name) ? settings[name] : undefined) ?? {};
      if (deprecated === true) this.messages.push({ level: 'warn', title: 'config', message: name, deprecated });
      const other = exclusive?.find((one) => !this.isDefault(one) && !(level === 'env' && this.#levels.cli.values.has(one)));
      if (other !== undefined) throw new TypeError(`--${key} cannot be provided when using --${other}`);
      if (!Object.hasOwn(settings, key)) this.#checkUnknown(level, key);
      target.values.set(name, parseField(value, name, env, this.#base) as SettingValue);
    }
  }

  #checkUnknown(level: ConfigLevel, key: string): void {
    if (internal.has(key) || key === 'bavini' || key.startsWith('bavini-')) return;
    const hint = level === 'cli' ? '' : ' See `npm help npmrc` for supported config options.';
    const soon = 'This will stop working in the next major version of npm.';
    if (!key.includes(':')) {
      this.#say(`Unknown ${level} config "${level === 'cli' ? '--' : ''}${key}". ${soon}${hint}`, true);
      return;
    }
    const base = key.slice(key.lastIndexOf(':') + 1);
    if (Object.hasOwn(settings, base) || ofRegistries.has(base)) return;
    this.#say(`Unknown ${level} config "${base}" (${key}). ${soon}${hint}`, true);
  }

  #findLocalPrefix(): string {
    const { disk, cwd, isWorkspace } = this.#around;
    const given = this.#levels.cli.values.get('prefix');
    if (typeof given === 'string' && given !== '') return given;
    let found: string | undefined;
    for (const folder of upwards(cwd)) {
      const hasPackage = disk.isFile(resolvePath(folder, 'package.json'));
      if (found === undefined) {
        if (!hasPackage && !disk.isFolder(resolvePath(folder, 'node_modules'))) continue;
        found = folder;
        if (this.#levels.cli.values.get('workspaces') === false || this.global) return found;
      } else if (hasPackage && isWorkspace(folder, found)) {
        if (disk.isFile(resolvePath(found, '.npmrc'))) {
          this.messages.push({ level: 'warn', title: 'config', message: `ignoring workspace config at ${found}/.npmrc` });
        }
        this.#levels.default.values.set('workspace', [found]);
        this.messages.push({ level: 'info', title: 'config', message: `found workspace root at ${folder}` });
        return folder;
      }
    }
    return found ?? cwd;
  }
}

/** Set by npm itself for its scripts, and no settings. */
const internal = new Set(['global-prefix', 'local-prefix', 'npm-version', 'node-gyp']);

const ofRegistries = new Set([
  '_auth',
  '_authToken',
  '_password',
  'cafile',
  'certfile',
  'email',
  'keyfile',
  'username',
  'always-auth',
  'registry',
]);

function environmentText(value: SettingValue): string | undefined {
  if (Array.isArray(value)) return value.map((one) => environmentText(one as SettingValue) ?? '').join('\n\n');
  if (value === null || value === undefined || value === false) return '';
  return typeof value === 'object' ? undefined : String(value);
}

function same(a: SettingValue, b: SettingValue): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
