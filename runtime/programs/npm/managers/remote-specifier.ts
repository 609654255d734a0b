/** Specifiers of packages that no registry has. */
import { normalPath } from './specifiers.ts';

export type RemoteSpecifier =
  | { readonly kind: 'tarball'; readonly address: string }
  /** A tarball of the project; the path is as it was written. */
  | { readonly kind: 'file'; readonly path: string }
  /** Of GitHub, `owner/name`. `isShort`: named by these alone, not by an address. */
  | { readonly kind: 'repository'; readonly name: string; readonly committish: string; readonly isShort: boolean }
  /** Elsewhere. */
  | { readonly kind: 'git'; readonly address: string };

const shorthand = /^([^@:/\s.~-][^@:/\s]*\/[^@:/\s#]+)(?:#(.*))?$/s;
const onGitHub = /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]*@)?github\.com[/:]([^/#]+\/[^/#]+?)(?:\.git)?\/?(?:#(.*))?$/is;
const sshOfGitHub = /^(?:git\+ssh:\/\/)?git@github\.com[:/]([^/#]+\/[^/#]+?)(?:\.git)?(?:#(.*))?$/is;

export const isTarballFile = (path: string) => /\.(?:tgz|tar\.gz|tar)$/i.test(path);

/** Undefined for ranges, tags, aliases, folders and workspaces. */
export function remoteSpecifier(range: string): RemoteSpecifier | undefined {
  if (/^(?:file:|\.{1,2}\/|\/|~\/)/.test(range)) {
    const path = range.replace(/^file:(?:\/\/(?=\/))?/, '');
    return isTarballFile(path) ? { kind: 'file', path } : undefined;
  }
  const short = /^github:/.test(range) ? shorthand.exec(range.slice('github:'.length)) : shorthand.exec(range);
  if (short !== null) return { kind: 'repository', name: short[1] ?? '', committish: short[2] ?? '', isShort: true };
  const address = onGitHub.exec(range) ?? sshOfGitHub.exec(range);
  if (address !== null) return { kind: 'repository', name: address[1] ?? '', committish: address[2] ?? '', isShort: false };
  if (/^(?:git[+:@]|ssh:|gitlab:|bitbucket:|gist:)/i.test(range) || /^https?:[^#]*\.git(?:#|$)/i.test(range))
    return { kind: 'git', address: range };
  return /^https?:/i.test(range) ? { kind: 'tarball', address: range.replace(/#.*$/s, '') } : undefined;
}

/** Whether a registry is asked for it. */
export const isRegistryRange = (range: string) =>
  range !== '-' && !/^(?:link:|file:|portal:|workspace:|\.{1,2}\/|\/|~\/)/.test(range) && remoteSpecifier(range) === undefined;

/** The path of a file from the project's root. @param folder That of who asks, from the root. */
export const filePath = (folder: string, path: string) => (path.startsWith('/') ? path : normalPath(`${folder}/${path}`));
