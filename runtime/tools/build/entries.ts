/** Every script of the package: what it is made from and in which form. `rollup.config.mjs` and the size budgets read this table. */

export interface Entry {
  /** Its name in `dist/`, without `.js`. Never hashed: pages and our own scripts refer to it by name. */
  readonly name: string;
  /** The module it starts at, from the project's root. An entry whose module does not exist yet is left out with a message. */
  readonly input: string;
  /** Entries of one group share their chunks. */
  readonly group: string;
  /**
   * `module`: ECMAScript module, may have lazy chunks. `classic`: one self-contained script without imports, because its
   * text travels into a sandboxed frame as a blob (Chromium refuses module workers there).
   */
  readonly form: 'module' | 'classic';
  /** Names of classes and functions stay as written: programs can see them (`value.constructor.name`, stacks). */
  readonly keepNames?: boolean;
  /** For Node: its modules are imported, and there is one file. */
  readonly node?: boolean;
  /** Scripts of its own travel with Node's library: `node-parts.ts`. */
  readonly parts?: boolean;
  /** No static imports: what late chunks need of it, they take from a record that it leaves (`one-script.ts`). */
  readonly alone?: boolean;
}

export const entries: readonly Entry[] = [
  { name: 'bavini', input: 'components/define.ts', group: 'page', form: 'module', alone: true },
  { name: 'index', input: 'runtime/index.ts', group: 'page', form: 'module' },
  { name: 'kernel', input: 'runtime/kernel/kernel-worker.ts', group: 'kernel', form: 'module' },
  { name: 'shared', input: 'runtime/programs/shared-worker.ts', group: 'shared', form: 'module' },
  {
    name: 'process-node',
    input: 'runtime/programs/node/process-worker.ts',
    group: 'process-node',
    form: 'classic',
    keepNames: true,
    parts: true,
  },
  { name: 'process-quickjs', input: 'runtime/programs/node/quickjs-worker.ts', group: 'process-quickjs', form: 'module', keepNames: true },
  // Never a script of the page: the worker hands its text to the engine.
  {
    name: 'quickjs-program',
    input: 'runtime/programs/node/quickjs-program.ts',
    group: 'quickjs-program',
    form: 'classic',
    keepNames: true,
  },
  {
    name: 'quickjs-shared',
    input: 'runtime/programs/shared-quickjs.ts',
    group: 'quickjs-shared',
    form: 'classic',
    keepNames: true,
  },
  {
    name: 'quickjs-packages',
    input: 'runtime/programs/packages-quickjs.ts',
    group: 'quickjs-packages',
    form: 'classic',
    keepNames: true,
  },
  { name: 'preview-frame', input: 'components/preview/hosts/inline/frame/frame.ts', group: 'preview-frame', form: 'classic' },
  { name: 'preview-source', input: 'components/preview/hosts/inline/frame/source-part.ts', group: 'preview-source', form: 'classic' },
  { name: 'preview-client', input: 'components/preview/hosts/served/client.ts', group: 'preview-client', form: 'classic' },
  { name: 'sw', input: 'sw/service-worker.ts', group: 'sw', form: 'classic' },
  { name: 'preview-host/host', input: 'sw/preview-host/host.ts', group: 'preview-host', form: 'classic' },
  { name: 'preview-host/client', input: 'components/preview/hosts/served/client.ts', group: 'preview-host-client', form: 'classic' },
  { name: 'preview-host/sw', input: 'sw/preview-host/service-worker.ts', group: 'preview-host-sw', form: 'classic' },
  { name: 'cli/bavini', input: 'cli/main.ts', group: 'cli', form: 'module', node: true },
];
