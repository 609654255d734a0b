/** `npm config`, `npm get`, `npm set`. */
import { encode } from 'ini';
import { compareNames } from '../compare-names.ts';
import type { ConfigFileLevel, ConfigLevel } from '../config/config.ts';
import { configLevels } from '../config/config.ts';
import { deprecations } from '../config/deprecations.ts';
import { settings, type SettingValue } from '../config/settings.ts';
import { checkSetting, mustBe } from '../config/check.ts';
import { Failure } from '../failure.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import { redact } from '../progress/display.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';
import { usageFailure } from './help.ts';
import type { Command } from './command.ts';

const ofRegistries = new Set(['_auth', '_authToken', '_password', 'cafile', 'certfile', 'email', 'keyfile', 'username']);
const secrets = new Set(['auth', 'authToken', 'certfile', 'email', 'keyfile', 'password', 'username']);

/** Never shown. */
function isProtected(key: string): boolean {
  if (key.startsWith('_') || secrets.has(key)) return true;
  const last = key.slice(key.lastIndexOf(':') + 1);
  return key.startsWith('//') && (last.startsWith('_') || secrets.has(last));
}

/** Neither is what holds a secret. */
const hides = (key: string, value: SettingValue) => isProtected(key) || (typeof value === 'string' && redact(value) !== value);

const shown = (key: string, value: SettingValue) =>
  `${key} = ${isProtected(key) ? '(protected)' : JSON.stringify(typeof value === 'string' ? redact(value) : value)}`;

function whereOf({ config }: Session): ConfigFileLevel {
  const location = config.flag('global') ? 'global' : config.text('location');
  return location === 'project' || location === 'global' ? location : 'user';
}

function set(session: Session, args: readonly string[]): void {
  const { config, display } = session;
  if (args.length === 0) throw usageFailure('config');
  const where = whereOf(session);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const equals = arg.indexOf('=');
    const key = (equals < 0 ? arg : arg.slice(0, equals)).trim();
    const value = equals >= 0 ? arg.slice(equals + 1).trim() : (args[++i] ?? '');
    const base = key.slice(key.lastIndexOf(':') + 1);
    const setting = Object.hasOwn(settings, base) ? settings[base] : undefined;
    if (setting === undefined && !ofRegistries.has(base) && !base.startsWith('bavini'))
      throw new Failure(`\`${base}\` is not a valid npm option`);
    if (setting?.deprecated === true) {
      throw new Failure(`The \`${base}\` option is deprecated, and cannot be set in this way${deprecations[base] ?? ''}`);
    }
    if (value === '') config.delete(key, where);
    else {
      let bad = false;
      const { source } = config.level(where);
      checkSetting(key, value, { home: config.home, cwd: session.cwd }, (wrong) => {
        bad = true;
        display.warn('invalid config', `${key}=${JSON.stringify(wrong)} set in ${source}`);
        display.warn('invalid config', mustBe(key).join(' '));
      });
      if (bad) display.warn('config', 'omitting invalid config values');
      else config.set(key, value, where);
    }
  }
  config.save(where, encode);
}

function get(session: Session, keys: readonly string[]): void {
  if (keys.length === 0) {
    list(session);
    return;
  }
  const lines = keys.map((key) => {
    const value = session.config.get(key);
    if (hides(key, value)) throw new Failure(`The ${key} option is protected, and cannot be retrieved in this way`);
    const text = Array.isArray(value) ? value.join(',') : String(value);
    return keys.length > 1 ? `${key}=${text}` : text;
  });
  session.display.output(lines.join('\n'));
}

function list(session: Session): void {
  const { config, display, disk } = session;
  if (display.json) {
    const all: Record<string, SettingValue> = {};
    const names = new Set(configLevels.toReversed().flatMap((level) => [...config.level(level).values.keys()]));
    for (const name of names) {
      const value = config.get(name);
      if (!hides(name, value)) all[name] = value;
    }
    display.buffer(all);
    return;
  }
  const long = config.flag('long');
  const lines: string[] = [];
  const sorted = (level: ConfigLevel) => [...config.level(level).values].sort(([a], [b]) => compareNames(a, b));
  for (const level of configLevels) {
    if (level === 'default' && !long) continue;
    const entries = sorted(level);
    if (entries.length === 0) continue;
    lines.push(`; "${level}" config from ${config.level(level).source}`, '');
    for (const [key, value] of entries) {
      const source = config.find(key);
      lines.push(source === level ? shown(key, value) : `; ${shown(key, value)} ; overridden by ${source}`);
    }
    lines.push('');
  }
  if (!long) {
    lines.push(
      '; node bin location = /bin/node',
      `; node version = ${nodeVersion}`,
      `; npm local prefix = ${config.localPrefix}`,
      `; npm version = ${npmVersion}`,
      `; cwd = ${session.cwd}`,
      `; HOME = ${config.home}`,
      '; Run `npm config ls -l` to show all defaults.',
      '',
    );
  }
  const publish = config.global ? undefined : tryReadManifest(disk, config.localPrefix)?.['publishConfig'];
  if (typeof publish === 'object' && publish !== null) {
    lines.push(
      `; "publishConfig" from ${resolvePath(config.localPrefix, 'package.json')}`,
      '; This set of config values will be used at publish-time.',
      '',
    );
    for (const [key, value] of Object.entries(publish).sort(([a], [b]) => compareNames(a, b)))
      lines.push(shown(key, value as SettingValue));
    lines.push('');
  }
  display.output(lines.join('\n').trim());
}

function remove(session: Session, keys: readonly string[]): void {
  if (keys.length === 0) throw usageFailure('config');
  const where = whereOf(session);
  for (const key of keys) session.config.delete(key, where);
  session.config.save(where, encode);
}

function run(session: Session, [action, ...args]: readonly string[]): Promise<void> {
  switch (action) {
    case 'set':
      set(session, args);
      break;
    case 'get':
      get(session, args);
      break;
    case 'delete':
    case 'rm':
    case 'del':
      remove(session, args);
      break;
    case 'list':
    case 'ls':
      list(session);
      break;
    case 'edit':
    case 'fix':
      throw new Failure(
        `\`npm config ${action}\` is not available in a page; write ${session.config.level(whereOf(session)).source} instead.`,
      );
    default:
      throw usageFailure('config');
  }
  return Promise.resolve();
}

export const config: Command = { run };
export const getCommand: Command = { run: (session, args) => run(session, ['get', ...args]) };
export { getCommand as get };
const setCommand: Command = {
  run: (session, args) => {
    if (args.length === 0) throw usageFailure('set');
    return run(session, ['set', ...args]);
  },
};
export { setCommand as set };
