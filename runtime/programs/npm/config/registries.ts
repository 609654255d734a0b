/** Which registry a package comes from, and what proves to it who asks. */
import type { Config } from './config.ts';

/** A registry's address as keys of `.npmrc` begin: without scheme, up to the last slash of the path. */
export function nerfDart(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  const folder = new URL('.', `${protocol}//${host}${pathname}`);
  return `//${folder.host}${folder.pathname}`;
}

export interface Credentials {
  readonly token?: string;
  /** Of Basic authentication, encoded. */
  readonly basic?: string;
}

/** The address ends in a slash. */
export function registryOf(config: Config, name: string): string {
  const scope = /^(@[^/]+)\//.exec(name)?.[1];
  const address = (scope === undefined ? undefined : config.text(`${scope}:registry`)) ?? config.text('registry') ?? '';
  return address.endsWith('/') ? address : `${address}/`;
}

/** `@scope` → address, for all that are set. */
export function scopes(config: Config): Record<string, string> {
  const found: Record<string, string> = {};
  for (const level of ['global', 'user', 'project', 'env', 'cli'] as const) {
    for (const [name, value] of config.level(level).values) {
      const scope = /^(@[^:/]+):registry$/.exec(name)?.[1];
      if (scope !== undefined && typeof value === 'string') found[scope] = value.endsWith('/') ? value : `${value}/`;
    }
  }
  return found;
}

/** What to send with a request for `address`: that of the longest key of `.npmrc` which covers it. */
export function credentialsFor(config: Config, address: string): Credentials {
  let key = nerfDart(address);
  for (;;) {
    const found = credentialsAt(config, key);
    if (found.token !== undefined || found.basic !== undefined) return found;
    const withoutSlash = credentialsAt(config, key.replace(/\/$/, ''));
    if (withoutSlash.token !== undefined || withoutSlash.basic !== undefined) return withoutSlash;
    const parent = key.replace(/[^/]+\/$/, '');
    if (parent === key || parent === '//') return {};
    key = parent;
  }
}

function credentialsAt(config: Config, key: string): Credentials {
  const token = config.text(`${key}:_authToken`);
  if (token !== undefined) return { token };
  const username = config.text(`${key}:username`);
  const password = config.text(`${key}:_password`);
  if (username !== undefined && password !== undefined) {
    // npm keeps it in Base64, whatever is in it.
    const bytes = new TextEncoder().encode(`${username}:`);
    const secret = Uint8Array.from(atob(password), (character) => character.charCodeAt(0));
    return { basic: btoa(String.fromCharCode(...bytes, ...secret)) };
  }
  const basic = config.text(`${key}:_auth`);
  return basic === undefined ? {} : { basic };
}

/** The value of an `Authorization` header; undefined for none. */
export function authorizationFor(config: Config, address: string): string | undefined {
  const { token, basic } = credentialsFor(config, address);
  return token !== undefined ? `Bearer ${token}` : basic !== undefined ? `Basic ${basic}` : undefined;
}
