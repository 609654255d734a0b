/** `npm init`: a `package.json` from what is there, or a package that makes a project (`npm init vite`). */
import { Failure } from '../failure.ts';
import { readManifestFile, tryReadManifest } from '../manifest/read-manifest.ts';
import { formatJson } from '../manifest/json.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { executeIn } from './exec.ts';
import type { Command } from './command.ts';
import { template } from './init-template.ts';

/** `npm init x` is `npx create-x`. */
function createdBy(word: string): string {
  const scope = /^(@[^/@]+)(?:@(.+))?$/.exec(word);
  if (scope !== null) return `${scope[1]}/create${scope[2] === undefined ? '' : `@${scope[2]}`}`;
  const named = /^(@[^/]+\/)?([^@/:]+)(?:@(.+))?$/.exec(word);
  if (named === null) {
    throw new Failure(
      `Unrecognized initializer: ${word}\nFor more package binary executing power check out \`npx\`:\nhttps://docs.npmjs.com/cli/commands/npx`,
      {
        code: 'EUNSUPPORTED',
      },
    );
  }
  return `${named[1] ?? ''}create-${named[2]}@${named[3] ?? '*'}`.replace(/@\*$/, '');
}

async function inFolder(session: Session, args: readonly string[], folder: string): Promise<void> {
  const [word, ...rest] = args;
  try {
    if (word === undefined) await template(session, folder);
    else await executeIn(session, [createdBy(word), ...rest], folder);
  } catch (error) {
    // As npm ends the line that was being read.
    if (word === undefined) session.display.output();
    if (!(error instanceof Failure) || error.message !== 'canceled') throw error;
    session.display.warn('init', 'canceled');
  }
}

export const init: Command = {
  forWorkspaces: true,
  isShellout: true,
  run: async (session, args, forWorkspaces) => {
    const { config, disk, cwd } = session;
    if (!forWorkspaces) {
      await inFolder(session, args, cwd);
      return;
    }
    const root = config.localPrefix;
    if (config.flag('include-workspace-root')) await inFolder(session, args, cwd);
    const file = readManifestFile(disk, root);
    const listed = Array.isArray(file.content['workspaces']) ? (file.content['workspaces'] as string[]) : [];
    const { findWorkspaces } = await import('../manifest/workspaces.ts');
    const folders: string[] = [];
    for (const filter of config.list('workspace')) {
      const path = resolvePath(root, filter);
      disk.makeFolders(path);
      await inFolder(session, args, path);
      folders.push(path);
      const known = [...findWorkspaces(disk, root, { ...file.content, workspaces: listed }).values()];
      if (!known.includes(path) && disk.isFile(resolvePath(path, 'package.json')))
        listed.push(path.slice(root === '/' ? 1 : root.length + 1));
    }
    if (listed.length > 0) {
      file.content['workspaces'] = listed;
      disk.write(file.path, formatJson(file.content, file.format));
    }
    // A package that makes projects installs what it needs itself.
    const names = args.length > 0 ? [] : folders.flatMap((path) => tryReadManifest(disk, path)?.name ?? []);
    if (!config.flag('workspaces-update') || names.length === 0) return;
    const { updateWorkspaces } = await import('./change-tree.ts');
    await updateWorkspaces(session, names);
  },
};
