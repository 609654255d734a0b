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
    commit = await commitOf(spec, `${host.user}/${host.project}`, commit === '' ? 'HEAD' : commit, request);
  }
  const base = host.https && host.auth ? host.https({ noCommittish: true }) : host.shortcut({ noCommittish: true });
  const exact = npa(`${base}#${commit}`).hosted as NonNullable<Spec['hosted']>;
  const url = (exact.auth ? undefined : exact.sshurl?.({ noCommittish: false })) ?? exact.https?.({ noCommittish: false }) ?? '';
  return { tarball: exact.tarball({ noCommittish: false }), resolved: `git+${url}`.replace(/^(git\+)+/, 'git+') };
}

async function commitOf(
  spec: Spec,
  repository: string,
  committish: string,
  { permit, fetch: get = fetch, signal }: ResolveRequest,
): Promise<string> {
  const failed = (why: string) => Object.assign(new Error(`Cannot fetch ${spec.raw}: ${why}`), { code: 'EGITREF', pkgid: spec.raw });
  if (permit === undefined) throw failed(`name the whole hash of a commit (${repository}#<40 digits>)`);
  const address = `https://api.github.com/repos/${repository}/commits/${encodeURIComponent(committish)}`;
  await permit(address);
  let response: Response;
  try {
    response = await get(address, { headers: { accept: 'application/vnd.github.sha' }, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw Object.assign(failed('GitHub cannot be reached'), { cause: error });
  }
  const commit = (await response.text()).trim();
  if (response.status === 403 || response.status === 429) throw failed('GitHub answers no more questions from this address for now');
  if (!response.ok || !/^[\da-f]{40}$/.test(commit)) throw failed(`${repository} has no "${committish}", or is not public`);
  return commit;
}
