/** `npm explore`: a command, or the shell, in the folder of an installed package. */
import { Failure } from '../failure.ts';
import { joinPath } from '../paths.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { runScript } from '../scripts/run-script.ts';
import { modulesFolderOf } from './folders.ts';
import { usageFailure } from './help.ts';
import type { Command } from './command.ts';

export const explore: Command = {
  run: async (session, [name, ...words]) => {
    const { config, disk, display } = session;
    const modules = modulesFolderOf(session);
    if (name === undefined || name === '') throw usageFailure('explore');
    const path = joinPath(modules, joinPath('/', name));
    if (path === modules) throw usageFailure('explore');
    let manifest;
    try {
      manifest = readManifest(disk, path);
    } catch (error) {
      display.error('explore', `It doesn't look like ${name} is installed.`);
      throw error;
    }
    const line = words.join(' ').trim();
    const command = line === '' ? (config.text('shell') ?? 'sh') : line;
    if (words.length === 0) display.output(`\nExploring ${path}\nType 'exit' or ^D when finished\n`);
    try {
      const scripts = { ...manifest.scripts, _explore: command };
      await runScript(session, { event: '_explore', path, manifest: { ...manifest, scripts }, command, stdio: 'inherit', banner: false });
    } catch (error) {
      if (!(error instanceof Failure) || error.details['scriptFailed'] !== true) throw error;
      session.exitCode = error.details.exitCode ?? 1;
      if (words.length > 0) throw error;
    }
  },
};
