/** What `bunfig.toml`, bun's flags and its environment say, as flags and by npm's names. */
import type { OtherSettings } from '../../config/config.ts';
import type { SettingValue } from '../../config/settings.ts';
import type { Disk } from '../../disk.ts';
import { resolvePath, upwards } from '../../paths.ts';
import type { Words } from '../command-line.ts';
import { ofFlags, ofRegistry } from '../registry-settings.ts';

/** What is read of `[install]` and `[install.scopes]`. */
export interface Bunfig {
  readonly install: ReadonlyMap<string, string>;
  readonly scopes: ReadonlyMap<string, string>;
  /** Lines of these tables that are not read here. */
  readonly unread: readonly string[];
}

/** The project's file, with `~/.bunfig.toml` below it. Keys with a plain text, each on its line; all else is among what is not read. */
export function readBunfig(disk: Disk, home: string): Bunfig {
  const cwd = disk.calls.cwd();
  const folder = [...upwards(cwd)].find((each) => disk.isFile(resolvePath(each, 'package.json'))) ?? cwd;
  const install = new Map<string, string>();
  const scopes = new Map<string, string>();
  const unread: string[] = [];
  for (const file of [`${home}/.bunfig.toml`, `${folder}/bunfig.toml`]) {
    let table = '';
    for (const line of (disk.readText(file) ?? '').split('\n').map((each) => each.trim())) {
      if (line.startsWith('[')) table = line.replace(/[[\]\s]|#.*/g, '');
      else if (/^install\b/.test(table) && /^[^#]/.test(line)) {
        const [, key = '', value = ''] = /^["']?(@?[\w-]+)["']?\s*=\s*["']([^"'\\]*)["']\s*(?:#.*)?$/.exec(line) ?? [];
        if (table === 'install.scopes' && key !== '') scopes.set(key, value);
        else if (table === 'install' && (key === 'registry' || key === 'linker')) install.set(key, value);
        else unread.push(line);
      }
    }
  }
  return { install, scopes, unread };
}

/** `$NAME` stands for a variable. */
const filled = (text: string | undefined, env: ReadonlyMap<string, string>) =>
  text?.replace(/^\$\{?(\w+)\}?$/, (_, name: string) => env.get(name) ?? '');

/** @param registry What packages come from where nothing is said. */
export function bunSettings({ install, scopes }: Bunfig, words: Words, env: ReadonlyMap<string, string>, registry: string): OtherSettings {
  const settings: Record<string, SettingValue> = {};
  const take = (value: string | undefined, scope: string) => {
    if (value !== undefined) Object.assign(settings, ofRegistry({ url: filled(value, env) }, scope, registry));
  };
  take(install.get('registry'), '');
  for (const [scope, url] of scopes) take(url, scope.replace(/^@/, ''));
  const ofEnvironment = env.get('BUN_CONFIG_REGISTRY') ?? '';
  if (ofEnvironment !== '') settings['registry'] = ofEnvironment;
  return { settings: { ...settings, ...ofFlags(words, ['registry', 'offline', 'prefer-offline']) } };
}
