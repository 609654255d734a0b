/** Which commit of a GitHub repository a branch, a tag or a short hash stands for. */
import type { ResolveRequest } from './request.ts';

/**
 * @param repository `owner/name`.
 * @param raw What was asked for, for texts.
 * @throws {Error} `EGITREF` where there is none, or nobody to ask.
 */
export async function commitOf(
  raw: string,
  repository: string,
  committish: string,
  { permit, fetch: get = fetch, signal }: Pick<ResolveRequest, 'permit' | 'fetch' | 'signal'>,
): Promise<string> {
  if (/^[\da-f]{40}$/.test(committish)) return committish;
  const failed = (why: string) => Object.assign(new Error(`Cannot fetch ${raw}: ${why}`), { code: 'EGITREF', pkgid: raw });
  if (permit === undefined) throw failed(`name the whole hash of a commit (${repository}#<40 digits>)`);
  const address = `https://api.github.com/repos/${repository}/commits/${encodeURIComponent(committish === '' ? 'HEAD' : committish)}`;
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
