/** GitHub repositories as packages: a commit, and the tarball that GitHub makes of it. A page has no git. */
import npa, { type Spec } from 'npm-package-arg';
import { commitOf } from './github-commit.ts';
import type { ResolveRequest } from './request.ts';

/** @throws {Error} `EGITHOST`, `EGITREF` where no tarball can be named. */
export async function gitSource(spec: Spec, request: ResolveRequest): Promise<{ tarball: string; resolved: string }> {
  const host = spec.hosted;
  if (host?.type !== 'github') {
    throw Object.assign(
      new Error(`Cannot fetch ${spec.raw}: of git repositories only those of GitHub can be installed in a page, through their tarballs`),
      { code: 'EGITHOST', pkgid: spec.raw },
    );
  }
  if (spec.gitRange !== undefined && spec.gitRange !== null) {
    throw Object.assign(new Error(`Cannot fetch ${spec.raw}: "#semver:" needs a list of tags, which a page cannot ask for; name a tag`), {
      code: 'EGITREF',
      pkgid: spec.raw,
    });
  }
  const commit = await commitOf(spec.raw, `${host.user}/${host.project}`, spec.gitCommittish ?? '', request);
  const base = host.https && host.auth ? host.https({ noCommittish: true }) : host.shortcut({ noCommittish: true });
  const exact = npa(`${base}#${commit}`).hosted as NonNullable<Spec['hosted']>;
  const url = (exact.auth ? undefined : exact.sshurl?.({ noCommittish: false })) ?? exact.https?.({ noCommittish: false }) ?? '';
  return { tarball: exact.tarball({ noCommittish: false }), resolved: `git+${url}`.replace(/^(git\+)+/, 'git+') };
}
