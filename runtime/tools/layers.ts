/** Who may import whom, and what each folder may know of its surroundings. `npm run verify` checks both. */

/** `es`: the language alone, with the declarations in `runtime/base/platform-types.d.ts`. `node`: compiled with the tools. */
export type Library = 'es' | 'worker' | 'dom' | 'node';

export interface Layer {
  /** The folder, from the project's root. The longest one that fits counts. */
  readonly folder: string;
  /** Folders or files it may import beside its own folder. */
  readonly imports: readonly string[];
  readonly library: Library;
  /** Folders directly under this one may not import each other. */
  readonly apart?: boolean;
}

export const layers: readonly Layer[] = [
  { folder: 'runtime/base', imports: [], library: 'es' },
  { folder: 'runtime/wires', imports: ['runtime/base'], library: 'es' },
  { folder: 'runtime/fs', imports: ['runtime/base', 'runtime/wires'], library: 'es' },
  { folder: 'runtime/fs/stores', imports: ['runtime/base', 'runtime/wires', 'runtime/fs'], library: 'worker' },
  { folder: 'runtime/kernel', imports: ['runtime/base', 'runtime/wires', 'runtime/fs'], library: 'worker' },
  { folder: 'runtime/process', imports: ['runtime/base', 'runtime/wires', 'runtime/fs'], library: 'worker' },
  // Fetches, verifies and keeps packages as layers; knows registries, not package managers.
  { folder: 'runtime/packages', imports: ['runtime/base', 'runtime/wires', 'runtime/fs'], library: 'worker' },
  { folder: 'runtime/programs', imports: ['runtime/base', 'runtime/wires', 'runtime/process'], library: 'worker', apart: true },
  {
    folder: 'runtime/programs/npm',
    imports: ['runtime/base', 'runtime/wires', 'runtime/process', 'runtime/packages', 'runtime/fs/layer.ts'],
    library: 'worker',
  },
  // The command line for authors; runs in Node.
  {
    folder: 'cli',
    imports: [
      'runtime/base',
      'runtime/packages',
      'runtime/programs/npm/resolve',
      'runtime/programs/npm/install/substitutions.ts',
      'components/lesson/lesson-format.ts',
      'runtime/tools/browsers.ts',
    ],
    library: 'node',
  },
  { folder: 'runtime/host', imports: ['runtime/base', 'runtime/wires'], library: 'dom' },
  { folder: 'runtime/index.ts', imports: ['runtime/base', 'runtime/wires', 'runtime/host'], library: 'dom' },
  { folder: 'sw', imports: ['runtime/base', 'runtime/wires'], library: 'worker' },
  // The page that embeds the other origin's previews.
  { folder: 'sw/preview-host/host.ts', imports: ['runtime/base', 'runtime/wires', 'sw'], library: 'dom' },
  { folder: 'components', imports: ['runtime/index.ts'], library: 'dom' },
  // Packed lessons hold markup.
  {
    folder: 'components/lesson',
    imports: ['components', 'runtime/index.ts', 'runtime/base/trusted-types.ts'],
    library: 'dom',
  },
  // Preview hosts are a peer of their own wire, and load scripts of ours into frames.
  {
    folder: 'components/preview/hosts',
    imports: [
      'runtime/index.ts',
      'runtime/base',
      'runtime/wires',
      'runtime/host/assets.ts',
      'components/preview/preview-interface.ts',
      'components/shared/strict-styles.ts',
    ],
    library: 'dom',
  },
];

/** Files that put programs together into one worker: the only ones of `programs` that may import several of its folders. */
export const assemblies: readonly string[] = ['runtime/programs/shared-programs.ts', 'runtime/programs/shared-worker.ts'];

/** The layer of a file, or undefined for what no rule is about (tools, tests, testing). */
export function layerOf(file: string): Layer | undefined {
  if (/\.(test|node)\.ts$|\/testing\/|\/conformance\/|\/fixtures\//.test(file)) return undefined;
  return layers
    .filter(({ folder }) => file === folder || file.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** Why `from` may not import `to` (both from the project's root), or undefined if it may. */
export function whyForbidden(from: string, to: string): string | undefined {
  const layer = layerOf(from);
  if (layer === undefined) return undefined;
  // A file of a package that its `exports` do not name; which packages there are is a matter of CONTRIBUTING.md.
  if (to.startsWith('node_modules/')) return undefined;
  const isWithin = (folder: string) => to === folder || to.startsWith(`${folder}/`);
  if (/\.test\.ts$|\/testing\//.test(to)) return 'product code imports test code';
  if (isWithin(layer.folder)) {
    if (layer.apart !== true || assemblies.includes(from)) return undefined;
    const part = (file: string) => file.slice(layer.folder.length + 1).split('/');
    const [own, other] = [part(from), part(to)];
    if (other.length === 1 || own.length === 1 || own[0] === other[0]) return undefined;
    return `${layer.folder}/${own[0]} and ${layer.folder}/${other[0]} meet only through processes`;
  }
  if (layer.imports.some(isWithin)) return undefined;
  return `${layer.folder} may import only ${['itself', ...layer.imports].join(', ')}`;
}
