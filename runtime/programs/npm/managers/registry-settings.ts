/** npm's settings for a registry, from what other managers' files and flags say of it. */
import type { SettingValue } from '../config/settings.ts';
import type { Words } from './command-line.ts';

export interface NamedRegistry {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  /** `name:password`, plain or in base 64. */
  readonly ident?: string | undefined;
}

/** Where npm keeps what is for an address alone: without its protocol, with a slash at its end. */
export const addressKey = (url: string): string => `${url.replace(/^[a-z]+:/i, '').replace(/\/*$/, '')}/`;

/** @param scope Without `@`; empty for the registry of everything else. */
export function ofRegistry({ url, token, ident }: NamedRegistry, scope = '', usual = ''): Record<string, SettingValue> {
  const found: Record<string, SettingValue> = {};
  if (url !== undefined && url !== '') found[scope === '' ? 'registry' : `@${scope}:registry`] = url;
  const key = addressKey(url ?? usual);
  if (token !== undefined && token !== '') found[`${key}:_authToken`] = token;
  else if (ident !== undefined && ident !== '') found[`${key}:_auth`] = ident.includes(':') ? btoa(ident) : ident;
  return found;
}

/** Flags that npm has by the same name. */
export function ofFlags({ flags }: Words, names: readonly string[]): Record<string, SettingValue> {
  const found: Record<string, SettingValue> = {};
  for (const [name, value] of flags) if (names.includes(name) || /^(?:\/\/.*|@[^:]+):\w+$/.test(name)) found[name] = value;
  return found;
}
