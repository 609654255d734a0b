/** Repositories of GitHub, and tarballs outside of registries, for the real managers and ours. */
import { gzipSync } from 'node:zlib';
import { writeTar } from '../../pack/tar.ts';
import { tarballOf, type TestRegistry } from '../../testing/registry.ts';

/** One commit of a repository. */
export interface MadeCommit {
  /** What git makes of these files, this author and this date: the recorder makes sure of it. */
  readonly hash: string;
  /** Full names: `refs/tags/v1.0.0`. */
  readonly refs: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export interface MadeRepository {
  /** `owner/name`. */
  readonly name: string;
  /** From the oldest; the last one is `main`. */
  readonly commits: readonly MadeCommit[];
}

const kit = (version: string) => ({
  'cli.js': '#!/usr/bin/env node\nconsole.log("kit", require("./package.json").version, require("plain"));\n',
  'index.js': `module.exports = "kit ${version}";\n`,
  'package.json': `${JSON.stringify(
    { name: 'kit', version, license: 'MIT', main: 'index.js', bin: { kit: 'cli.js' }, dependencies: { plain: '^1.0.0' } },
    null,
    2,
  )}\n`,
});

export const repositories: readonly MadeRepository[] = [
  {
    name: 'maker/kit',
    commits: [
      { hash: '27a91c08aad957366753668bd2ba087118a902bb', refs: ['refs/tags/v1.0.0'], files: kit('1.0.0') },
      { hash: 'd9d55036bd96177b88756186bf0ed6a24ec77ecb', refs: ['HEAD', 'refs/heads/main'], files: kit('3.1.0') },
    ],
  },
];

/** Programs, by their names in a repository. */
export const isProgramFile = (path: string) => path.startsWith('cli');

/** What GitHub makes of a commit; the folder in it has one of two names. */
export function archiveOf({ name }: MadeRepository, { hash, files }: MadeCommit, form: 'tar.gz' | 'legacy'): Buffer {
  const [owner = '', project = ''] = name.split('/');
  const top = form === 'tar.gz' ? `${project}-${hash}` : `${owner}-${project}-${hash.slice(0, 7)}`;
  const encoder = new TextEncoder();
  const tar = writeTar(
    Object.entries(files).map(([path, text]) => ({
      path: `${top}/${path}`,
      data: encoder.encode(text),
      mode: isProgramFile(path) ? 0o755 : 0o644,
    })),
  );
  return gzipSync(tar, { level: 6 });
}

/** The commit that a ref, a short name of one or (part of) a hash means. */
export function commitOf({ commits }: MadeRepository, ref: string): MadeCommit | undefined {
  return commits.find(
    ({ hash, refs }) =>
      hash === ref ||
      (ref.length >= 7 && hash.startsWith(ref)) ||
      refs.some((each) => each === ref || each === `refs/heads/${ref}` || each === `refs/tags/${ref}`),
  );
}

export interface GitHubAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer | string;
}

/** What GitHub's hosts say to `https://host/path`. */
export function answerAsGitHub(address: string): GitHubAnswer {
  const { hostname, pathname, search } = new URL(address);
  const found = (body: Buffer | string, type = 'application/octet-stream'): GitHubAnswer => ({ status: 200, type, body });
  const parts = decodeURIComponent(pathname).slice(1).split('/');
  const at = hostname === 'api.github.com' ? 1 : 0;
  const name = `${parts[at] ?? ''}/${(parts[at + 1] ?? '').replace(/\.git$/, '')}`;
  const repository = repositories.find((each) => each.name === name);
  const rest = parts.slice(at + 2);
  const what = rest.shift() ?? '';
  if (repository !== undefined) {
    if (hostname === 'github.com' && what === '') return found('<!doctype html>', 'text/html');
    if (hostname === 'github.com' && what === 'info' && search.includes('git-upload-pack')) return found(advertisement(repository));
    const commit = commitOf(
      repository,
      hostname === 'raw.githubusercontent.com' ? what : rest.join('/').replace(/\.tar\.gz$/, '') || 'HEAD',
    );
    if (commit !== undefined) {
      if (hostname === 'codeload.github.com' && what === 'tar.gz') return found(archiveOf(repository, commit, 'tar.gz'));
      if (hostname === 'codeload.github.com' && what === 'legacy.tar.gz') return found(archiveOf(repository, commit, 'legacy'));
      if (hostname === 'github.com' && what === 'archive') return found(archiveOf(repository, commit, 'tar.gz'));
      if (hostname === 'api.github.com' && what === 'tarball') return found(archiveOf(repository, commit, 'legacy'));
      if (hostname === 'api.github.com' && what === 'commits') return found(commit.hash, 'application/vnd.github.sha');
      const text = commit.files[rest.join('/')];
      if (hostname === 'raw.githubusercontent.com' && text !== undefined) return found(text, 'text/plain');
    }
  }
  return {
    status: hostname === 'api.github.com' && what === 'commits' ? 422 : 404,
    type: 'application/json',
    body: '{"message":"Not Found"}',
  };
}

/** The refs of a repository as git's protocol has them. */
function advertisement({ commits }: MadeRepository): string {
  const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
  const refs = commits.flatMap(({ hash, refs: own }) => own.map((ref) => [ref, hash] as const)).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = refs.map(([ref, hash], index) => line(`${hash} ${ref}${index === 0 ? '\0symref=HEAD:refs/heads/main' : ''}\n`));
  return `${line('# service=git-upload-pack\n')}0000${rows.join('')}0000`;
}

/** By path below the registry, where it knows no packages. */
export const looseTarballs: Readonly<Record<string, Buffer>> = {
  '/files/loose-2.0.0.tgz': tarballOf({
    name: 'loose',
    version: '2.0.0',
    manifest: { bin: { loose: 'bin/loose.js' }, dependencies: { plain: '1' } },
    files: { 'bin/loose.js': '#!/usr/bin/env node\nconsole.log("loose");\n' },
  }),
  '/files/simple.tar.gz': tarballOf({ name: '@made/simple', version: '0.3.0' }),
};

/** A tarball as a file of a project. */
export const packedFile = tarballOf({
  name: 'packed',
  version: '4.0.0',
  manifest: { bin: 'bin/packed.js', dependencies: { plain: '^2.0.0' } },
  files: { 'bin/packed.js': '#!/usr/bin/env node\nconsole.log("packed");\n' },
});

/** Lets a registry answer for the loose tarballs, too, and say nothing at all of the package `mute`. */
export function serveLooseTarballs(registry: TestRegistry): void {
  registry.intercept = (path, response) => {
    if (path === '/mute') return true;
    const tarball = looseTarballs[path];
    if (tarball === undefined) return false;
    response.setHeader('content-type', 'application/octet-stream');
    response.end(tarball);
    return true;
  };
}
