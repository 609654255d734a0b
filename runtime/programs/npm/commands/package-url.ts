/** `npm docs`, `npm bugs`, `npm repo`: addresses that a package's manifest has. */
import { Failure } from '../failure.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { openPackages } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { pickVersion } from './outdated.ts';
import { showAddress } from './open-url.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

const shortcuts: Readonly<Record<string, string>> = { github: 'github.com', gitlab: 'gitlab.com', bitbucket: 'bitbucket.org' };

function repositoryText({ repository }: Manifest): string | undefined {
  const url: unknown = typeof repository === 'object' && repository !== null ? (repository as { url?: unknown }).url : repository;
  return typeof url === 'string' && url !== '' ? url : undefined;
}

/** The page of a repository at a host that npm knows. */
function hostedPage(text: string): string | undefined {
  const short = /^(?:(github|gitlab|bitbucket):)?([^/:@\s]+\/[^/:@\s#]+)(?:#.*)?$/.exec(text);
  if (short !== null) return `https://${shortcuts[short[1] ?? 'github']}/${(short[2] ?? '').replace(/\.git$/, '')}`;
  const long =
    /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]*@)?((?:github|gitlab)\.com|bitbucket\.org)[/:]([^/#]+\/[^/#]+?)(?:\.git)?\/?(?:#.*)?$/;
  const found = long.exec(text) ?? /^git@((?:github|gitlab)\.com|bitbucket\.org):([^/#]+\/[^/#]+?)(?:\.git)?(?:#.*)?$/.exec(text);
  return found === null ? undefined : `https://${found[1]}/${found[2]}`;
}

async function manifestOf(session: Session, arg: string): Promise<Manifest> {
  const { disk, config, cwd } = session;
  if (/^(?:\.{0,2}\/|\.{1,2}$)/.test(arg)) return readManifest(disk, arg === '.' ? config.localPrefix : resolvePath(cwd, arg));
  const at = arg.indexOf('@', 1);
  const [name, range] = at < 0 ? [arg, '*'] : [arg.slice(0, at), arg.slice(at + 1)];
  const { client } = await openPackages(session);
  const packument = await client.packument(name, { full: true, spec: `${name}@${range}`, signal: session.signal });
  const version = pickVersion(packument, range, config.text('tag') ?? 'latest');
  const found = version === undefined ? undefined : packument.versions[version];
  if (found === undefined)
    throw new Failure(`No matching version found for ${name}@${range}.`, { code: 'ETARGET', pkgid: `${name}@${range}` });
  return { ...found } as Manifest;
}

function command(word: 'docs' | 'bugs' | 'repo', addressOf: (manifest: Manifest, arg: string) => string): Command {
  return {
    forWorkspaces: true,
    run: async (session, args, forWorkspaces) => {
      const folders = forWorkspaces ? [...workspacesOf(session).values()] : ['.'];
      for (const arg of args.length > 0 ? args : folders) {
        const manifest = await manifestOf(session, arg);
        showAddress(session, addressOf(manifest, arg), `${manifest.name ?? ''} ${word} available at the following URL`);
      }
    },
  };
}

const page = (manifest: Manifest) => {
  const text = repositoryText(manifest);
  return text === undefined ? undefined : hostedPage(text);
};
/** Where nothing else is known. */
const registryPage = ({ name = '' }: Manifest) => `https://www.npmjs.com/package/${name}`;

export const docs = command('docs', (manifest) => {
  const { homepage } = manifest as { homepage?: unknown };
  if (typeof homepage === 'string' && homepage !== '') return homepage;
  const repository = page(manifest);
  return repository === undefined ? registryPage(manifest) : `${repository}#readme`;
});

export const bugs = command('bugs', (manifest) => {
  const { bugs: given } = manifest as { bugs?: unknown };
  const { url, email } = (typeof given === 'object' && given !== null ? given : {}) as { url?: string; email?: string };
  if (typeof given === 'string') return given;
  if (url !== undefined) return url;
  if (email !== undefined) return `mailto:${email}`;
  const repository = page(manifest);
  return repository === undefined ? registryPage(manifest) : `${repository}/issues`;
});

export const repo = command('repo', (manifest, arg) => {
  const text = repositoryText(manifest);
  if (text === undefined) throw new Failure('no repository', { pkgid: arg });
  const hosted = hostedPage(text);
  const { directory } = (typeof manifest['repository'] === 'object' ? manifest['repository'] : {}) as { directory?: string };
  if (hosted !== undefined) return directory === undefined ? hosted : `${hosted}/tree/HEAD/${directory}`;
  if (!URL.canParse(text)) throw new Failure('no repository: could not get url', { pkgid: arg });
  const { hostname, pathname } = new URL(text.replace(/^git\+/, ''));
  return `https://${hostname}${pathname.replace(/\.git$/, '')}`;
});
