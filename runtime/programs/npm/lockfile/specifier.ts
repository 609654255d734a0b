/** What a dependency's text asks for, as `npm-package-arg` tells it apart. Only as much as lockfiles need: nothing is looked up. */
import semverRange from 'semver/ranges/valid.js';
import semverVersion from 'semver/functions/valid.js';
import { resolvePath } from '../paths.ts';

export type Specifier =
  | { readonly kind: 'version' | 'range' | 'tag'; readonly fetch: string }
  | { readonly kind: 'alias'; readonly name: string; readonly of: Specifier }
  /** `path` is absolute. */
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'git'; readonly repository: string; readonly committish: string }
  /** `workspace:`, `link:` and others that npm does not know. */
  | { readonly kind: 'unsupported'; readonly protocol: string };

const hosts: Readonly<Record<string, string>> = {
  github: 'github.com',
  gitlab: 'gitlab.com',
  bitbucket: 'bitbucket.org',
  gist: 'gist.github.com',
};

/** Host and path of a repository, without scheme, user and `.git`. */
function repositoryOf(address: string): string {
  return address
    .replace(/^git\+/, '')
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/^([^/:]+):(?!\d)/, '$1/')
    .replace(/\.git$/, '')
    .replace(/\/$/, '')
    .toLowerCase();
}

/** @param where The folder that relative paths begin at. */
export function parseSpecifier(text: string, where: string): Specifier {
  const spec = text.trim();
  if (spec.startsWith('npm:')) {
    const target = spec.slice(4);
    const at = target.indexOf('@', 1);
    const name = at < 0 ? target : target.slice(0, at);
    return { kind: 'alias', name, of: parseSpecifier(at < 0 ? '*' : target.slice(at + 1), where) };
  }
  if (/^(?:file:|\.{0,2}\/|~\/|\.{1,2}$)/.test(spec)) {
    const path = resolvePath(where, decodeURIComponent(spec.replace(/^file:(?:\/\/(?=\/))?/, '').replace(/^\/(?=\.{1,2}(?:\/|$))/, '')));
    return { kind: /\.(?:tgz|tar\.gz|tar)$/i.test(path) ? 'file' : 'folder', path };
  }
  const shortcut = /^(github|gitlab|bitbucket|gist):(.+)$/.exec(spec);
  const plainShortcut = /^[^@:/\s.~]+[^@:/\s]*\/[^@:/\s#]+(?:#.*)?$/.test(spec);
  if (shortcut !== null || plainShortcut || /^(?:git\+|git:|git@|ssh:)/.test(spec) || /\.git(?:#.*)?$/.test(spec)) {
    const [address = '', committish = ''] = (shortcut?.[2] ?? spec).split(/#(.*)/s);
    const host = shortcut === null ? (plainShortcut ? 'github.com' : undefined) : hosts[shortcut[1] as string];
    return { kind: 'git', repository: host === undefined ? repositoryOf(address) : repositoryOf(`${host}/${address}`), committish };
  }
  if (/^https?:/i.test(spec)) {
    // An address of a repository, where it is of a host that npm knows and not of a tarball.
    const known = /^https?:\/\/(?:[^@/]*@)?((?:github|gitlab|bitbucket)\.(?:com|org)\/[^/#]+\/[^/#]+?)(?:\.git)?\/?(?:#(.*))?$/i.exec(spec);
    if (known !== null) return { kind: 'git', repository: (known[1] as string).toLowerCase(), committish: known[2] ?? '' };
    return { kind: 'remote', url: spec };
  }
  const protocol = /^([a-z][a-z\d+.-]*:)/i.exec(spec)?.[1];
  if (protocol !== undefined) return { kind: 'unsupported', protocol };
  if (spec === '' || spec === '*') return { kind: 'range', fetch: '*' };
  if (semverVersion(spec, true) !== null) return { kind: 'version', fetch: spec };
  if (semverRange(spec, true) !== null) return { kind: 'range', fetch: spec };
  return { kind: 'tag', fetch: spec };
}
