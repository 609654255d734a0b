/** An install of Yarn 1: lockfile and tree are brought in line with the manifests. */
import type { Words } from '../../command-line.ts';
import type { OwnScript } from '../../manager-project.ts';
import { substitutionText, unusableText } from '../../manager-run.ts';
import type { Project } from '../../project.ts';
import { isRegistryRange } from '../../remote-specifier.ts';
import { aliasOf, splitSpecifier } from '../../specifiers.ts';
import type { ClassicProject } from './classic-project.ts';
import { ClassicError } from './errors.ts';
import { planClassic } from './layout.ts';
import { IncompatiblePlatform, remoteRange } from './packages.ts';
import { type ClassicEntry, type ClassicLock, writeClassicLock } from './lockfile.ts';
import { resolveClassic } from './resolve.ts';

export interface Reified {
  readonly lock: ClassicLock;
  /** What stands in the `node_modules` of the project and its workspaces, as `name@version`. */
  readonly top: ReadonlySet<string>;
}

/**
 * Resolves, fetches, links; `changed` holds manifests that are to be written with the lockfile.
 *
 * @param from The first of the four steps that is said.
 * @param force Everything is put in place and built again.
 */
export async function reify(
  yarn: ClassicProject,
  project: Project,
  words: Words,
  changed: ReadonlyMap<string, string>,
  lock: ClassicLock,
  { from = 1, force = words.flags.has('force') }: { readonly from?: number; readonly force?: boolean } = {},
): Promise<Reified> {
  const { run } = yarn;
  const { flags } = words;
  const step = (number: number, text: string) => (number < from ? Promise.resolve() : yarn.say(`[${number}/4] ${text}...`));
  if (!flags.has('ignore-scripts')) await projectScripts(yarn, project, ['preinstall']);
  await step(1, 'Resolving packages');
  const facts = await run.facts();
  const folders = run.localFolders(project);
  // Where there is no lockfile, nothing is frozen, and none is written.
  const frozen = flags.has('frozen-lockfile');
  const next = await resolveClassic({ project, lock, facts, folders, frozen: frozen && yarn.has('yarn.lock') });
  await facts.loadAll([...next].map(([pattern, entry]) => publishedName(pattern, entry)).filter((name) => name !== ''));
  await facts.remotes.loadAll([...next].map(([pattern, entry]) => remoteRange(pattern, entry)));
  for (const [pattern, { version }] of next) {
    const name = publishedName(pattern, { version });
    const deprecated = facts.version(name, version)?.deprecated;
    if (typeof deprecated === 'string' && deprecated !== '' && !lock.has(pattern)) await yarn.warn(`${name}@${version}: ${deprecated}`);
  }
  await step(2, 'Fetching packages');
  const production = yarn.isProduction(words);
  const noted = [...(flags.has('ignore-scripts') ? ['ignoreScripts'] : []), ...(production ? ['production'] : [])];
  let planned: ReturnType<typeof planClassic>;
  try {
    planned = planClassic({
      project,
      lock: next,
      facts,
      registry: run.registry,
      folders,
      production,
      flags: noted,
      ignoreEngines: flags.has('ignore-engines'),
    });
  } catch (error) {
    if (!(error instanceof IncompatiblePlatform)) throw error;
    await run.err(`error ${error.message}`);
    throw new ClassicError('Found incompatible module.');
  }
  const text = writeClassicLock(next);
  const before = yarn.read('yarn.lock');
  const savedLock = (force || text !== before) && !frozen && !flags.has('pure-lockfile') && !flags.has('no-lockfile');
  const { plan, warnings } = planned;
  const own = project.workspaces.map(({ folder }) => folder);
  const result = await run.install(
    {
      ...plan,
      files: [
        ...[...changed].map(([path, content]) => ({ path, text: content })),
        ...(savedLock ? [{ path: 'yarn.lock', text }] : []),
        ...plan.files,
      ],
    },
    { scripts: !flags.has('ignore-scripts'), folders: own, force },
  );
  await step(3, 'Linking dependencies');
  if (from < 5) for (const warning of warnings) await yarn.warn(warning);
  await step(4, force ? 'Rebuilding all packages' : 'Building fresh packages');
  for (const { name, reason } of result.leftOut) await yarn.say(`info ${name}: ${reason}`);
  for (const each of result.substituted) await yarn.say(`info ${substitutionText(each)}`);
  for (const each of result.unusable) await yarn.warn(unusableText(each));
  if (flags.has('ignore-scripts')) await yarn.warn('Ignored scripts due to flag.');
  if (savedLock && from < 5) await yarn.say('success Saved lockfile.');
  if (!flags.has('ignore-scripts')) await projectScripts(yarn, project, ['install', 'postinstall', 'prepublish', 'prepare']);
  const top = plan.nodes.flatMap((node) => {
    const [, folder = '', name] = /^(?:(.*?)\/)?node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(node.place) ?? [];
    return name === undefined || !own.includes(folder) || node.kind === 'link' ? [] : [`${name}@${node.version}`];
  });
  return { lock: next, top: new Set(top) };
}

async function projectScripts(yarn: ClassicProject, project: Project, events: readonly string[]): Promise<void> {
  const each = async ({ start }: OwnScript) => {
    const code = await start();
    if (code !== 0) throw new ClassicError(`Command failed with exit code ${code}.`);
  };
  await yarn.ownScripts(project, events, each, { before: (command) => yarn.say(`$ ${command}`) });
}

/** Empty for what no registry has. */
function publishedName(pattern: string, entry: ClassicEntry): string {
  const { name, range } = splitSpecifier(pattern);
  if (!isRegistryRange(range)) return '';
  return aliasOf(range)?.name ?? entry.name ?? name;
}
