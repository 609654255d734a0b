/** Which credentials a request carries, by npm's rules. They leave this module in one header only. */

/** Credentials as `.npmrc` has them, by the address they are for without its scheme: `//host:port/path/`. */
export interface RegistryAuth {
  readonly _authToken?: string;
  /** `user:password` in base64. */
  readonly _auth?: string;
  readonly username?: string;
  /** In base64. */
  readonly _password?: string;
}

/**
 * Value of the `authorization` header: of the longest address above `url` that has credentials, else of a registry at the same host;
 * `undefined` where there is none.
 */
export function authorizationFor(
  url: string,
  registries: readonly string[],
  auth: Readonly<Record<string, RegistryAuth>>,
): string | undefined {
  const own = lookUp(url, auth);
  if (own !== undefined) return own;
  const { host } = new URL(url);
  const registry = registries.find((one) => new URL(one).host === host);
  return registry === undefined ? undefined : lookUp(registry, auth);
}

/** What user and password in an address are sent as: as they are written there, where npm does not decode them either. */
export function basicOf(address: string): string | undefined {
  const { username, password } = new URL(address);
  return username === '' && password === '' ? undefined : `Basic ${btoa(`${username}:${password}`)}`;
}

function lookUp(url: string, auth: Readonly<Record<string, RegistryAuth>>): string | undefined {
  const { host, pathname } = new URL(url);
  // From the whole address up to the host; each with and without its slash.
  for (let key = `//${host}${pathname}`; key.length > 2; key = key.replace(/(?:[^/]+|\/)$/, '')) {
    const header = Object.hasOwn(auth, key) ? headerOf(auth[key] as RegistryAuth) : undefined;
    if (header !== undefined) return header;
  }
  return undefined;
}

function headerOf({ _authToken, _auth, username, _password }: RegistryAuth): string | undefined {
  if (_authToken) return `Bearer ${_authToken}`;
  if (_auth) return `Basic ${_auth}`;
  if (!username || !_password) return undefined;
  const bytes = new TextEncoder().encode(`${username}:`);
  return `Basic ${btoa(String.fromCharCode(...bytes) + atob(_password))}`;
}
