/** GitHub repositories as packages: a commit, and the tarball that GitHub makes of it. A page has no git. */
import npa, { type Spec } from 'npm-package-arg';
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
  let commit = spec.gitCommittish ?? '';
  if (!/^[\da-f]{40}$/.test(commit)) {
    const repository = `${host.user}/${host.project}`;
    if (request.commitOf === undefined)
      throw Object.assign(new Error(`Cannot fetch ${spec.raw}: name the whole hash of a commit (${repository}#<40 digits>)`), {
        code: 'EGITREF',
        pkgid: spec.raw,
      });
    commit = await request.commitOf(repository, commit === '' ? 'HEAD' : commit, request.signal);
  }
  const base = host.https && host.auth ? host.https({ noCommittish: true }) : host.shortcut({ noCommittish: true });
  const exact = npa(`${base}#${commit}`).hosted as NonNullable<Spec['hosted']>;
  const url = (exact.auth ? undefined : exact.sshurl?.({ noCommittish: false })) ?? exact.https?.({ noCommittish: false }) ?? '';
  return { tarball: exact.tarball({ noCommittish: false }), resolved: `git+${url}`.replace(/^(git\+)+/, 'git+') };
}
