/** Content Security Policies as a page has them, as far as they concern the package. */

export type Policy = ReadonlyMap<string, readonly string[]>;

/** The policies of a header, or of the `content` of a `<meta>`. */
export function policiesOf(text: string): Policy[] {
  return text
    .split(',')
    .map((one) => {
      const directives = new Map<string, readonly string[]>();
      for (const part of one.split(';')) {
        const [name, ...sources] = part.trim().split(/\s+/);
        // Of one that is named twice the first counts.
        if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources);
      }
      return directives;
    })
    .filter((policy) => policy.size > 0);
}

const fallbacks: Readonly<Record<string, readonly string[]>> = {
  'worker-src': ['child-src', 'script-src', 'default-src'],
  'frame-src': ['child-src', 'default-src'],
  'script-src': ['default-src'],
  'connect-src': ['default-src'],
};

/** The sources that decide, or undefined where the policy says nothing of it. */
function sourcesOf(policy: Policy, directive: string): readonly string[] | undefined {
  const name = [directive, ...(fallbacks[directive] ?? [])].find((one) => policy.has(one));
  return name === undefined ? undefined : policy.get(name);
}

function hostAllowed(source: string, url: URL, page: URL): boolean {
  if (source === '*') return /^https?:$/.test(url.protocol);
  if (source === "'self'") return url.origin === page.origin;
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return url.protocol === source.toLowerCase();
  const [, scheme, host, port, path] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[\w.-]+)(?::(\d+|\*))?(\/.*)?$/i.exec(source) ?? [];
  if (host === undefined) return false;
  // An https address answers to one that was meant to be http.
  if (scheme !== undefined && `${scheme}:` !== url.protocol && !(scheme === 'http' && url.protocol === 'https:')) return false;
  if (scheme === undefined && url.protocol !== page.protocol && url.protocol !== 'https:') return false;
  if (host.startsWith('*') ? host !== '*' && !url.hostname.endsWith(host.slice(1)) : host !== url.hostname) return false;
  const usual = { 'http:': '80', 'https:': '443' }[url.protocol] ?? '';
  if (port !== '*' && (port ?? usual) !== (url.port || usual)) return false;
  if (path === undefined || path === '/') return true;
  return path.endsWith('/') ? url.pathname.startsWith(path) : url.pathname === path;
}

/** Whether `directive` lets an address through. */
export function allowsAddress(policy: Policy, directive: string, url: URL, page: URL): boolean {
  const sources = sourcesOf(policy, directive);
  return sources === undefined || sources.some((source) => hostAllowed(source, url, page));
}

/** Whether `directive` has a keyword or scheme: `'unsafe-eval'`, `blob:`. */
export function allowsWord(policy: Policy, directive: string, word: string): boolean {
  const sources = sourcesOf(policy, directive);
  if (sources === undefined || sources.includes(word)) return true;
  return word === "'wasm-unsafe-eval'" && sources.includes("'unsafe-eval'");
}

/** Beside a nonce or a hash, browsers pass over `'unsafe-inline'`. */
export function allowsInline(policy: Policy): boolean {
  const sources = sourcesOf(policy, 'script-src');
  return sources === undefined || (sources.includes("'unsafe-inline'") && !sources.some((one) => /^'(nonce-|sha\d)/.test(one)));
}

/** Whether a script tag with this nonce may run in spite of its address. */
export function allowsNonce(policy: Policy, nonce: string | undefined): boolean {
  return nonce !== undefined && (sourcesOf(policy, 'script-src') ?? []).includes(`'nonce-${nonce}'`);
}
