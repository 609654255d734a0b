/** The built-in programs, as data: what they are called and where they run. The code of each is under `programs/`. */
import type { ProgramRow } from './host-wire.ts';

/**
 * Node's own library and where it is mounted: `lib/<builtin id>.js`. The first layer has `meta.json` and all that plain programs
 * load; the second the other builtins. A layer's asset is its id's last part with `.tar.gz`.
 */
export const nodeLibraryLayer = { path: '/usr/lib/node', id: 'bavini:node-library' } as const;
export const nodeLibraryRestLayer = { path: '/usr/lib/node-rest', id: 'bavini:node-library-rest' } as const;
export const nodeLibraryLayers = [nodeLibraryLayer, nodeLibraryRestLayer] as const;

/**
 * QuickJS and what runs in it, for workers that have no network: a program that waits for a child runs it there. Loaded behind
 * everything else, so it may be missing at first.
 */
export const quickJsLayer = { path: '/usr/lib/quickjs', id: 'bavini:quickjs' } as const;
/** What that layer holds, named as in `dist/`. */
export const quickJsFiles = {
  engine: 'quickjs.wasm',
  node: 'quickjs-program.js',
  shared: 'quickjs-shared.js',
  packages: 'quickjs-packages.js',
} as const;

/** Programs that run as coroutines in the container's worker of trusted programs, by the part of its code that is loaded for them. */
export const sharedParts = {
  shell: ['sh', 'bash', 'dash'],
  builtIns: ['echo', 'printf', 'pwd', 'test', '[', 'kill', 'which', 'true', 'false'],
  files: ['ls', 'mkdir', 'rmdir', 'rm', 'touch', 'cp', 'mv', 'ln', 'chmod', 'mktemp', 'readlink', 'realpath', 'basename', 'dirname'],
  text: ['cat', 'head', 'tail', 'wc', 'tr', 'cut', 'rev', 'tac', 'tee', 'grep', 'egrep', 'fgrep', 'sort', 'uniq', 'base64'],
  system: ['sleep', 'date', 'clear', 'yes', 'seq', 'env', 'printenv', 'ps', 'id', 'whoami', 'hostname', 'uname', 'tty'],
  running: ['find', 'xargs', 'timeout'],
  packages: ['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'bun', 'bunx'],
} as const;
export type SharedPart = keyof typeof sharedParts;

/** The file of that layer which a child runs, by its program; undefined for one that cannot run there. */
export function quickJsFileOf(program: string): string | undefined {
  if (program === 'node') return quickJsFiles.node;
  if ((sharedParts.packages as readonly string[]).includes(program)) return quickJsFiles.packages;
  return sharedCommands.includes(program) ? quickJsFiles.shared : undefined;
}

/** Each under its own name. */
export const sharedCommands: readonly string[] = Object.values(sharedParts).flat();

export function programRows(shared: readonly string[] = sharedCommands): readonly ProgramRow[] {
  return [
    { name: 'node', commands: ['node'], worker: 'own', layers: [...nodeLibraryLayers, quickJsLayer], pool: 1 },
    ...shared.map((name): ProgramRow => ({ name, commands: [name], worker: 'shared', layers: [], pool: 0 })),
  ];
}
