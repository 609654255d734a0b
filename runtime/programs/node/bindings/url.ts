import { nativeError } from '../wraps/errors.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import type { UrlRecord } from '../../../process/platform.ts';

const OMITTED = 0xffffffff;
/** Ada's scheme types. */
const schemeTypes: Readonly<Record<string, number>> = { 'http:': 0, 'https:': 2, 'ws:': 3, 'ftp:': 4, 'wss:': 5, 'file:': 6 };
const NOT_SPECIAL = 1;
const actions = ['protocol', 'host', 'hostname', 'port', 'username', 'password', 'pathname', 'search', 'hash', 'href'] as const;

const schemeOf = (href: string): string => href.slice(0, href.indexOf(':') + 1);

/** The host as it is written in the URL of a file, `''` for none. */
function writtenHost(input: string, base: string | undefined): string {
  const text = input.replace(/^[\0- ]+|[\t\n\r]/g, '');
  const hasScheme = /^[a-z][a-z\d+.-]*:/i.test(text);
  const host = /^(?:file:)?[\\/]{2}([^\\/?#]*)/i.exec(text)?.[1];
  if (host !== undefined) return /^[a-z][:|]$/i.test(host) ? '' : host;
  return hasScheme || base === undefined ? '' : writtenHost(base, undefined);
}

/** `internalBinding('url')`: the engine's own parser, told to the library as Ada tells it, in offsets into `href`. */
export function makeUrl(realm: NodeRealm): Untyped {
  const { platform } = realm;
  const components = new Uint32Array(9);

  /** Some engines (Firefox) drop the host of a file's URL: it is put back. */
  const withHost = (url: UrlRecord | undefined, input: string, base?: string): UrlRecord | undefined => {
    if (url?.protocol !== 'file:' || url.hostname !== '') return url;
    const written = writtenHost(input, base);
    if (written === '') return url;
    const named = platform.parseUrl(`ws://${written}`);
    if (named === undefined || named.port !== '' || written.includes('@') || /:\d*$/.test(written)) return undefined;
    const { hostname } = named;
    return hostname === 'localhost' ? url : { ...url, host: hostname, hostname, href: `file://${hostname}${url.href.slice(7)}` };
  };
  const parseUrl = (input: string, base?: string) => withHost(platform.parseUrl(input, base), input, base);

  const tell = (url: UrlRecord): string => {
    const { href, protocol, username, password, hostname, port, search, hash } = url;
    let at = protocol.length;
    const protocolEnd = at;
    const hasAuthority = href.startsWith('//', at);
    let usernameEnd = at;
    let hostStart = at;
    let hostEnd = at;
    if (hasAuthority) {
      usernameEnd = hostStart = at + 2 + username.length;
      if (password !== '') hostStart += 1 + password.length;
      const hasCredentials = username !== '' || password !== '';
      hostEnd = hostStart + (hasCredentials ? 1 : 0) + hostname.length;
      at = hostEnd;
      if (port !== '') at += 1 + port.length;
    } else if (href.startsWith('/.', at) && url.pathname.startsWith('//')) {
      at += 2;
    }
    const pathStart = at;
    const hashStart = hash === '' ? (href.endsWith('#') ? href.length - 1 : -1) : href.length - hash.length;
    const beforeHash = hashStart < 0 ? href.length : hashStart;
    const searchStart = search === '' ? (href[beforeHash - 1] === '?' ? beforeHash - 1 : -1) : beforeHash - search.length;
    components[0] = protocolEnd;
    components[1] = usernameEnd;
    components[2] = hostStart;
    components[3] = hostEnd;
    components[4] = port === '' ? OMITTED : Number(port);
    components[5] = pathStart;
    components[6] = searchStart < 0 ? OMITTED : searchStart;
    components[7] = hashStart < 0 ? OMITTED : hashStart;
    components[8] = schemeTypes[protocol] ?? NOT_SPECIAL;
    return href;
  };

  const invalid = (input: string, base: string | undefined): Error => {
    const error = nativeError(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
    return Object.assign(error, base === undefined ? { input } : { input, base });
  };

  const parse = (input: string, base: string | undefined, raise: boolean): string | undefined => {
    const url = parseUrl(input, base);
    if (url !== undefined) return tell(url);
    if (raise) throw invalid(input, base);
    return undefined;
  };

  return {
    urlComponents: components,
    parse,
    canParse: (input: string, base?: string) => parseUrl(input, base) !== undefined,
    domainToASCII: (domain: string) => (domain === '' ? '' : (platform.parseUrl(`ws://${domain}`)?.hostname ?? '')),
    domainToUnicode: (domain: string) => {
      const host = domain === '' ? '' : (platform.parseUrl(`ws://${domain}`)?.hostname ?? '');
      return host === '' ? '' : platform.domainToUnicode(host);
    },
    format(href: string, fragment: boolean, unicode: boolean, search: boolean, auth: boolean): string {
      const url = parseUrl(href);
      if (url === undefined) return href;
      // Out of the whole text: `search` and `hash` do not tell an empty part from none, nor the path how it is set off from no host.
      const [, authority = '', path, query = '', hash = ''] = /^(\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(
        url.href.slice(url.protocol.length),
      ) as RegExpExecArray & [string, string?, string?, string?, string?];
      const [credentials, host] = authority.includes('@') ? authority.slice(2).split('@') : ['', authority.slice(2)];
      const shown = unicode ? `${platform.domainToUnicode(url.hostname)}${url.port === '' ? '' : `:${url.port}`}` : host;
      const before = authority === '' ? '' : `//${auth && credentials !== '' ? `${credentials}@` : ''}${shown}`;
      return `${url.protocol}${before}${path}${search ? query : ''}${fragment ? hash : ''}`;
    },
    getOrigin(href: string): string {
      const url = parseUrl(href);
      if (url === undefined) throw invalid(href, undefined);
      if (url.protocol === 'blob:') {
        const inner = platform.parseUrl(url.pathname);
        return inner !== undefined && (inner.protocol === 'http:' || inner.protocol === 'https:')
          ? `${inner.protocol}//${inner.host}`
          : 'null';
      }
      return url.protocol in schemeTypes && url.protocol !== 'file:' ? `${url.protocol}//${url.host}` : 'null';
    },
    pathToFileURL(path: string, windows: boolean, hostname?: string): string {
      const escaped = path
        .replace(/%/g, '%25')
        .replace(/\\/g, windows ? '/' : '%5C')
        .replace(/\n/g, '%0A')
        .replace(/\r/g, '%0D')
        .replace(/\t/g, '%09')
        .replace(/[?#[\]^|~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
      // A drive has no slash before it, a path of a host has.
      const slash = windows && /^[A-Za-z]:/.test(path) ? '/' : '';
      const url = platform.parseUrl(`file://${slash}${escaped}`);
      if (url === undefined) throw invalid(path, undefined);
      // What is no host name, the `?` of Windows' long paths, is left out.
      const named = hostname === undefined ? undefined : withHost(platform.changeUrl(url.href, 'hostname', hostname), `file://${hostname}`);
      return tell(named ?? url);
    },
    /** The setters of `URL`. False: the value was refused and nothing changes. */
    update(href: string, action: number, value: string): string | false {
      const name = actions[action]!;
      if (name === 'href') {
        const url = parseUrl(value);
        return url === undefined ? false : tell(url);
      }
      // Firefox takes no digits that something else follows; Chromium makes a scheme special that was none, and the other way round.
      const given = name === 'port' ? (/^\d+/.exec(value.replace(/[\t\n\r]/g, ''))?.[0] ?? value) : value;
      const changed = platform.changeUrl(href, name, given);
      if (changed !== undefined && schemeOf(changed.href) in schemeTypes !== schemeOf(href) in schemeTypes) return false;
      const url = withHost(
        changed,
        name === 'host' || name === 'hostname' ? `file://${value}` : `file:${href.slice(schemeOf(href).length)}`,
      );
      return url === undefined ? false : tell(url);
    },
  };
}
