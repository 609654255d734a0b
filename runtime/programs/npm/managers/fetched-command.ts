/** `pnpm dlx`, `yarn dlx`, `bunx`: a package that is fetched for one run, in a folder of its own. */
import { resolvePath } from '../paths.ts';
import { planBun } from './bun/layout.ts';
import { resolveBun } from './bun/resolve.ts';
import type { ManagerRun } from './manager-run.ts';
import { parseAdded, type Words } from './command-line.ts';
import { commandsOf, type ProjectManifest } from './project.ts';
import { aliasOf } from './specifiers.ts';

export interface FetchedCommand {
  /** As on the command line; the first one has the command, unless that is named. */
  readonly packages: readonly string[];
  readonly command?: string;
  readonly args: readonly string[];
  /** What is said once the packages are there. @param ids `name@version`, what was asked for first. */
  readonly onInstalled?: (count: number, ids: readonly string[]) => Promise<void>;
}

/** @returns The program's exit code. @throws {NoMatch} `RangeError` where no command can be told. */
export async function runFetched(run: ManagerRun, { packages, command, args, onInstalled }: FetchedCommand): Promise<number> {
  const { disk } = run.session;
  const dependencies: Record<string, string> = {};
  for (const text of packages) {
    const added = parseAdded(text);
    if (added === undefined) throw new RangeError(`"${text}" is not a package of a registry`);
    dependencies[added.name] = added.range === '' ? 'latest' : added.range;
  }
  disk.makeFolders('/tmp');
  const root = disk.calls.mkdtemp('/tmp/fetched-');
  try {
    const manifest: ProjectManifest = { private: true, dependencies };
    const project = { root, manifest, workspaces: [{ folder: '', manifest }] };
    const facts = await run.facts();
    const lock = await resolveBun({ project, facts, registry: run.registry });
    run.write(root, 'package.json', JSON.stringify(manifest));
    const { added } = await run.install(planBun({ project, lock, facts, registry: run.registry }), { scripts: false });
    const isAsked = (name: string) => dependencies[name] !== undefined;
    const rows = Object.entries(lock.packages).sort(([a], [b]) => Number(isAsked(b)) - Number(isAsked(a)) || (a < b ? -1 : 1));
    await onInstalled?.(added.length, [...new Set(rows.map(([, { id }]) => id))]);
    const [first = ''] = Object.keys(dependencies);
    const chosen =
      command ??
      commandOfPackage(
        disk.readText(resolvePath(root, 'node_modules', first, 'package.json')) ?? '{}',
        aliasOf(dependencies[first] ?? '')?.name ?? first,
      );
    const code = await run.program(run.cwd, [chosen, ...args], [resolvePath(root, 'node_modules/.bin')]);
    if (code === undefined) throw new RangeError(`The packages ${Object.keys(dependencies).join(', ')} have no command "${chosen}"`);
    return code;
  } finally {
    if (!run.session.context.signal.aborted) disk.calls.together(() => disk.remove(root));
  }
}

/** The same for a command line: `--package p command args`, or `package args`. */
export function runFetchedLine(
  run: ManagerRun,
  [word = '', ...args]: readonly string[],
  { lists }: Words,
  options: Pick<FetchedCommand, 'onInstalled'> = {},
): Promise<number> {
  const named = lists.get('package');
  return runFetched(
    run,
    named === undefined ? { ...options, packages: [word], args } : { ...options, packages: named, args, command: word },
  );
}

function commandOfPackage(text: string, name: string): string {
  const manifest = JSON.parse(text) as { name?: string; bin?: unknown };
  const commands = commandsOf(manifest);
  const names = Object.keys(commands);
  const plain = name.replace(/^@[^/]*\//, '');
  if (names.length === 1 && names[0] !== undefined) return names[0];
  if (commands[plain] !== undefined) return plain;
  if (names.length === 0) throw new RangeError(`No binaries found in ${name}`);
  throw new RangeError(`Could not determine which command of ${name} to run: it has ${names.join(', ')}`);
}
