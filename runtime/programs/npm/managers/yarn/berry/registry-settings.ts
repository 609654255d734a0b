/** What `.yarnrc.yml` and Yarn 4's environment say of registries, by npm's names. */
import { load } from 'js-yaml';
import type { OtherSettings } from '../../../config/config.ts';
import type { SettingValue } from '../../../config/settings.ts';
import type { Disk } from '../../../disk.ts';
import { resolvePath, upwards } from '../../../paths.ts';
import { UsageError } from './errors.ts';
import { addressKey, ofRegistry } from '../../registry-settings.ts';

interface RegistrySettings {
  readonly npmRegistryServer?: string;
  readonly npmAuthToken?: string;
  readonly npmAuthIdent?: string;
}

interface NetworkSettings extends RegistrySettings {
  readonly npmScopes?: Readonly<Record<string, RegistrySettings>>;
  /** By address, with or without a protocol. */
  readonly npmRegistries?: Readonly<Record<string, RegistrySettings>>;
  readonly httpTimeout?: number | string;
}

const usualTimeoutMs = 60_000;

/** `${NAME}`, `${NAME-else}` where it is not set, `${NAME:-else}` where it is empty, too. */
const filled = (text: string, env: ReadonlyMap<string, string>, file: string) =>
  text.replace(/\$\{([\w_]+)(?:(:)?-([^}]*))?\}/g, (_, name: string, empty: string | undefined, otherwise: string | undefined) => {
    const value = env.get(name);
    if (value !== undefined && (value !== '' || empty === undefined)) return value;
    if (otherwise === undefined) throw new UsageError(`Environment variable not found (${name}) in ${file} (in ${file})`);
    return otherwise;
  });

/** Every text of a settings file, with its variables. */
function expanded(value: unknown, env: ReadonlyMap<string, string>, file: string): unknown {
  if (typeof value === 'string') return filled(value, env, file);
  if (Array.isArray(value)) return value.map((each) => expanded(each, env, file));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, expanded(each, env, file)]));
}

/** The nearer file wins, setting by setting. */
function fromFiles(disk: Disk, env: ReadonlyMap<string, string>): NetworkSettings {
  const folders = [env.get('HOME') ?? '/', ...[...upwards(disk.calls.cwd())].reverse()];
  const files = folders.map((folder) => resolvePath(folder, '.yarnrc.yml'));
  return Object.assign({}, ...files.map((file) => expanded(load(disk.readText(file) ?? ''), env, file))) as NetworkSettings;
}

/** Each setting has a variable: `npmAuthToken` is `YARN_NPM_AUTH_TOKEN`. */
const fromEnvironment = (env: ReadonlyMap<string, string>): NetworkSettings =>
  Object.fromEntries(
    [...env].flatMap(([name, value]) =>
      name.startsWith('YARN_')
        ? [
            [
              name
                .slice(5)
                .toLowerCase()
                .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
              value,
            ],
          ]
        : [],
    ),
  );

/** @param registry What packages come from where nothing is said. */
export function berrySettings(disk: Disk, env: ReadonlyMap<string, string>, registry: string): OtherSettings {
  const found = { ...fromFiles(disk, env), ...fromEnvironment(env) };
  const settings: Record<string, SettingValue> = {};
  const take = ({ npmRegistryServer, npmAuthToken, npmAuthIdent }: RegistrySettings, scope = '', usual = registry) => {
    Object.assign(settings, ofRegistry({ url: npmRegistryServer, token: npmAuthToken, ident: npmAuthIdent }, scope, usual));
  };
  take(found);
  const main = typeof settings['registry'] === 'string' ? settings['registry'] : registry;
  for (const [scope, one] of Object.entries(found.npmScopes ?? {})) take(one, scope, main);
  for (const [address, one] of Object.entries(found.npmRegistries ?? {})) take(one, '', addressKey(address));
  return { settings, defaults: { 'fetch-timeout': Number(found.httpTimeout ?? usualTimeoutMs) } };
}
