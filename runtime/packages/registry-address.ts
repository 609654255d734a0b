/** Addresses of registries, packages and tarballs. */

/** What `replace-registry-host=npmjs` stands for. */
const publicHost = 'registry.npmjs.org';

export function withSlash(address: string): string {
  return address.endsWith('/') ? address : `${address}/`;
}

/** `@scope` of a name that has one. */
export function scopeOf(name: string): string | undefined {
  return name.startsWith('@') && name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined;
}

/** Below a registry. */
export function packumentPath(name: string): string {
  return name.replace('/', '%2f');
}

/** By npm's convention. */
export function tarballAddress(registry: string, name: string, version: string): string {
  return `${registry}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

/** npm's `replace-registry-host` (`npmjs`, `never`, `always`, a host or an address) for an address in a lockfile. */
export function replaceRegistryHost(address: string, registry: string, rule: string): string {
  if (!URL.canParse(address) || rule === 'never') return address;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return address;
  const to = new URL(registry);
  const from = rule !== 'npmjs' && rule !== 'always' && URL.canParse(rule) && rule.includes('//') ? new URL(rule) : undefined;
  const host = from?.hostname ?? (rule === 'npmjs' ? publicHost : rule);
  const fromPath = from?.pathname.replace(/\/$/, '') ?? '';
  const toPath = to.pathname.replace(/\/$/, '');
  if (rule !== 'always' && host !== url.hostname) return address;
  if (fromPath !== '' && !isBelow(url.pathname, fromPath)) return address;
  url.protocol = to.protocol;
  url.hostname = to.hostname;
  url.port = to.port;
  if (fromPath !== '') url.pathname = toPath + url.pathname.slice(fromPath.length);
  else if (toPath !== '' && !isBelow(url.pathname, toPath)) url.pathname = toPath + url.pathname;
  return url.href;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Where a registry has a tarball that another one has at this address, where that follows npm's convention. */
export function tarballPath(address: string): string | undefined {
  return /(?:@[^/]+(?:\/|%2f))?[^/@]+\/-\/[^/]+$/i.exec(new URL(address).pathname)?.[0];
}
