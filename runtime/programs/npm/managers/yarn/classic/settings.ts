/** What Yarn 1's flags and `.yarnrc` files say of registries, by npm's names. */
import type { OtherSettings } from '../../../config/config.ts';
import type { SettingValue } from '../../../config/settings.ts';
import type { Disk } from '../../../disk.ts';
import { resolvePath, upwards } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { ofFlags } from '../../registry-settings.ts';

const usualTimeoutMs = 30_000;

/** `name value` a line, each in quotes where it needs them, as in `yarn.lock`. */
export function readYarnrc(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, , key, , value] = /^("?)([^\s"#]+)\1\s+("?)([^"]*)\3$/.exec(line.trimEnd()) ?? [];
    if (key !== undefined && value !== undefined) found[key] = value;
  }
  return found;
}

/** The nearer file wins. */
function ofFiles(disk: Disk, home: string): Record<string, string> {
  const folders = [home, ...[...upwards(disk.calls.cwd())].reverse()];
  return Object.assign({}, ...folders.map((folder) => readYarnrc(disk.readText(resolvePath(folder, '.yarnrc')) ?? ''))) as Record<
    string,
    string
  >;
}

export function classicSettings(words: Words, disk: Disk, home: string): OtherSettings {
  const settings: Record<string, SettingValue> = {};
  const files = ofFiles(disk, home);
  for (const [name, value] of Object.entries(files)) if (name === 'registry' || /^@[^:]+:registry$/.test(name)) settings[name] = value;
  const timeout = words.flags.get('network-timeout') ?? files['network-timeout'] ?? usualTimeoutMs;
  return {
    settings: { ...settings, ...ofFlags(words, ['registry', 'offline', 'prefer-offline']) },
    defaults: { 'fetch-timeout': Number(timeout) },
  };
}
