import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AuthorServer } from '../author-server.ts';
import { textOption, UsageError, type Command } from '../command.ts';

export const devCommand: Command = {
  name: 'dev',
  operands: '[folder]',
  summary: [
    'serves a folder on this machine, with the package at /bavini/; pages load again when a',
    'file changes, and lessons in Markdown are packed when they are asked for',
  ],
  optionHelp: [['--port <number>', 'Default: 4321, and a free one if that is taken']],
  options: { port: { type: 'string' } },
  async run(invocation) {
    const { positionals, say } = invocation;
    if (positionals.length > 1) throw new UsageError('dev: name one folder');
    const folder = resolve(positionals[0] ?? '.');
    if (!existsSync(folder)) throw new Error(`Cannot serve "${positionals[0] ?? '.'}": there is no such folder`);
    const named = textOption(invocation, 'port');
    if (named !== undefined && !(Number.isInteger(Number(named)) && Number(named) >= 0 && Number(named) < 65_536))
      throw new UsageError(`dev: "${named}" is no port`);
    const open = (port: number) => AuthorServer.open({ folder, port, reload: true });
    const server =
      named === undefined
        ? await open(4321).catch((error: unknown) => {
            if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
            return open(0);
          })
        : await open(Number(named));
    say(`${server.origin}/`);
    await new Promise<void>((ended) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended());
    });
    server.close();
  },
};
