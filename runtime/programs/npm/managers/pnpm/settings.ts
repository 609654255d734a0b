/** What pnpm's flags say of registries, by npm's names. Its files are npm's own. */
import type { OtherSettings } from '../../config/config.ts';
import type { Words } from '../command-line.ts';
import { ofFlags } from '../registry-settings.ts';

const usualTimeoutMs = 60_000;

const shared = [
  'registry',
  'fetch-retries',
  'fetch-retry-factor',
  'fetch-retry-maxtimeout',
  'fetch-retry-mintimeout',
  'fetch-timeout',
  'offline',
  'prefer-offline',
];

export const pnpmSettings = (words: Words): OtherSettings => ({
  settings: ofFlags(words, shared),
  defaults: { 'fetch-timeout': usualTimeoutMs },
});
