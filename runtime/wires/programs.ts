/** The built-in programs, as data: what they are called and where they run. The code of each is under `programs/`. */
import type { ProgramRow } from './host-wire.ts';

/** The layer that holds Node's own library, and where it is mounted. */
export const nodeLibraryLayer = { path: '/usr/lib/node', id: 'bavini:node-library' } as const;

/** Run as coroutines in the container's worker of trusted programs, each under its own name. */
export const sharedCommands: readonly string[] = [
  'sh', 'bash', 'cat', 'ls', 'echo', 'printf', 'pwd', 'mkdir', 'rm', 'rmdir', 'cp', 'mv', 'touch', 'head', 'tail', 'wc', 'grep', 'sort', 'uniq',
  'env', 'which', 'sleep', 'true', 'false', 'test', '[', 'kill', 'ps', 'clear',
];

export function programRows(shared: readonly string[] = sharedCommands): readonly ProgramRow[] {
  return [
    { name: 'node', commands: ['node'], worker: 'own', layers: [nodeLibraryLayer], pool: 1 },
    ...shared.map((name): ProgramRow => ({ name, commands: [name], worker: 'shared', layers: [], pool: 0 })),
  ];
}
