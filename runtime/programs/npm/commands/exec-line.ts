/** What `npm exec` runs once it is known where the command is. */
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath, upwards } from '../paths.ts';
import { runScript } from '../scripts/run-script.ts';
import type { Session } from '../session.ts';

export interface Place {
  /** Where the command runs. */
  readonly runPath: string;
  /** Whose own commands and `.bin` come first. */
  readonly packagePath: string;
  readonly note?: string;
}

/** Runs the command, or `call`, with some folders of commands before all others. */
export async function runLine(
  session: Session,
  words: readonly string[],
  call: string,
  binFolders: readonly string[],
  { runPath, note }: Place,
): Promise<void> {
  const shell = session.config.text('script-shell') ?? 'sh';
  const [first, ...rest] = words;
  const command = call !== '' ? call : first === undefined ? shell : `'${first.replaceAll("'", "'\\''")}'`;
  if (command === shell && session.context.stdin.isTty) {
    const { reset, dim, bold } = session.display.colors;
    session.display.output(
      `${reset('\nEntering npm script environment')}${reset(note ?? ` at location:\n${dim(runPath)}`)}${bold("\nType 'exit' or ^D when finished\n")}`,
    );
  }
  const manifest: Manifest = { ...tryReadManifest(session.disk, session.config.localPrefix), scripts: { npx: command } };
  const banner = session.command !== 'exec';
  await runScript(session, { event: 'npx', path: runPath, manifest, command, args: rest, stdio: 'inherit', banner, binFolders });
}

/** The first of some folders whose own package has the command. */
export function ownFolder({ disk }: Session, folders: readonly string[], command: string): string | undefined {
  return folders.find((folder) => tryReadManifest(disk, folder)?.bin?.[command] !== undefined);
}

/** Where the command is already: in the project, or globally. */
export function installedBin(session: Session, command: string, from: string): string | undefined {
  const { config, disk } = session;
  for (const folder of upwards(from)) {
    const bins = resolvePath(folder, 'node_modules/.bin');
    if (disk.isFile(resolvePath(bins, command))) return bins;
  }
  const global = resolvePath(config.globalPrefix, 'bin');
  const isGlobal = config.localPrefix !== config.globalPrefix && disk.isFile(resolvePath(global, command));
  if (isGlobal) return global;
  // Where npm was installed with Node, these are among the global commands.
  return ['node', 'npm', 'npx'].includes(command) ? '/bin' : undefined;
}
