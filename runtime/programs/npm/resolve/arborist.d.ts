/** npm's modules, as far as the resolver uses them. They come without declarations. */

declare module 'npm-package-arg' {
  export interface Spec {
    readonly type: 'git' | 'tag' | 'version' | 'range' | 'file' | 'directory' | 'remote' | 'alias';
    readonly registry?: boolean;
    readonly raw: string;
    readonly name?: string;
    readonly rawSpec: string;
    readonly fetchSpec?: string;
    readonly saveSpec?: string;
    readonly scope?: string | null;
    readonly subSpec?: Spec;
    readonly gitRange?: string | null;
    readonly gitCommittish?: string | null;
    readonly hosted?: {
      readonly type: string;
      readonly user: string;
      readonly project: string;
      readonly auth: string | null;
      https?(options: { readonly noCommittish: boolean }): string;
      sshurl?(options: { readonly noCommittish: boolean }): string;
      shortcut(options: { readonly noCommittish: boolean }): string;
      tarball(options: { readonly noCommittish: boolean }): string;
    };
  }
  function npa(spec: string | Spec, where?: string): Spec;
  namespace npa {
    export function resolve(name: string, spec: string, where?: string): Spec;
  }
  export default npa;
}

declare module 'npm-pick-manifest' {
  export default function pickManifest<T>(packument: { readonly versions?: Readonly<Record<string, T>> }, spec: string, options: object): T;
}

declare module 'ssri' {
  export interface Hashes {
    match(other: Hashes): unknown;
    concat(other: Hashes): Hashes;
    toString(): string;
  }
  const ssri: { parse(text: string): Hashes; fromHex(hex: string, algorithm: string): Hashes };
  export default ssri;
}

declare module 'minimatch' {
  export function minimatch(path: string, pattern: string, options?: Readonly<Record<string, boolean>>): boolean;
}

declare module '@npmcli/package-json' {
  export default class PackageJson {
    static readonly normalizeSteps: readonly string[];
    static normalize(path: string): Promise<PackageJson>;
    readonly content: Record<string, unknown>;
    fromContent(content: object): this;
    normalize(options: { readonly steps: string[] }): Promise<this>;
  }
}

declare module '@npmcli/arborist' {
  export interface EdgeOut {
    readonly type: string;
    readonly name: string;
    readonly to: TreeNode | null;
  }
  export interface TreeNode {
    readonly location: string;
    readonly name: string;
    readonly packageName: string;
    readonly version: string;
    readonly path: string;
    readonly realpath: string;
    readonly resolved: string | null;
    readonly integrity: string | null;
    readonly isProjectRoot: boolean;
    readonly isRoot: boolean;
    /** In nobody's `node_modules`: the project, a workspace, what a link leads to. */
    readonly isTop: boolean;
    readonly isLink: boolean;
    readonly isWorkspace: boolean;
    readonly inBundle: boolean;
    readonly inDepBundle: boolean;
    readonly optional: boolean;
    readonly devOptional: boolean;
    readonly inert: boolean;
    readonly hasInstallScript: boolean;
    readonly target: TreeNode;
    readonly package: Readonly<Record<string, unknown>>;
    readonly inventory: Map<string, TreeNode>;
    readonly edgesOut: Map<string, EdgeOut>;
    readonly children: Map<string, TreeNode>;
    readonly meta: { toString(options?: object): string; filename: string; hiddenLockfile: boolean; lockfileVersion: number };
    readonly tops: ReadonlySet<TreeNode>;
    readonly linksIn: ReadonlySet<TreeNode>;
    parent: TreeNode | null;
    root: TreeNode | null;
    shouldOmit(omit: ReadonlySet<string>): boolean;
  }
  export default class Arborist {
    constructor(options: object);
    buildIdealTree(options: object): Promise<TreeNode>;
    reify(options: object): Promise<TreeNode>;
    dedupe(options: object): Promise<TreeNode>;
    prune(options: object): Promise<TreeNode>;
    /** Methods that arborist's own parts share, by `Symbol.for`. */
    readonly [method: symbol]: ((options: object) => Promise<unknown>) | undefined;
  }
}

declare module 'hosted-git-info' {
  export default class GitHost {
    static fromUrl(text: string): GitHost | undefined;
  }
}

declare module 'hosted-git-info/lib/from-url.js' {
  /** What `GitHost` is made with; undefined where nobody known hosts it. */
  export default function fromUrl(text: string, options: object | undefined, known: object): readonly unknown[] | undefined;
}

declare module 'js-yaml/lib/exception.js' {
  export { YAMLException as default } from 'js-yaml';
}

declare module 'js-yaml/lib/loader.js' {
  export { default } from 'js-yaml';
}

declare module 'js-yaml/lib/dumper.js' {
  export { default } from 'js-yaml';
}

declare module 'js-yaml/lib/schema/core.js' {
  import { CORE_SCHEMA } from 'js-yaml';
  export default CORE_SCHEMA;
}

declare module 'js-yaml/lib/type/merge.js' {
  import { Type } from 'js-yaml';
  const merge: Type;
  export default merge;
}
