/**
 * The tree that is to be in a project's `node_modules`, whoever decided on it: a lockfile, arborist, or the rules of another package
 * manager. `install/` makes it so; nothing in a plan has touched the disk.
 */

/** What is at one place of the tree. Places are relative to the project, with slashes: `node_modules/react`, `packages/app/node_modules/x`. */
export type PlannedNode = PlannedPackage | PlannedLink;

export interface PlannedPackage {
  readonly kind: 'package';
  readonly place: string;
  /** As its own `package.json` says; the folder may have another name (`npm:` aliases). */
  readonly name: string;
  readonly version: string;
  /** Address of the tarball (`https:`), or `file:` with a path relative to the project. */
  readonly resolved: string;
  /** Subresource Integrity, as lockfiles have it. Absent: what is fetched is taken as it comes, and its hash is noted. */
  readonly integrity?: string;
  /** Comes inside the tarball of the package above it: is not fetched by itself. */
  readonly bundled: boolean;
  /** May be left out when its platform does not fit or it cannot be fetched. */
  readonly optional: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  /** Has `install` scripts, or a `binding.gyp`. */
  readonly hasInstallScript: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly deprecated?: string;
  /** The name of its own build for WebAssembly (`wasm-twin.ts`). */
  readonly twin?: string;
  /** `resolved` is a whole repository, of which only what would be published is installed. */
  readonly isRepository?: true;
  /** The lockfile does not say everything: what the package's own `package.json` has of `bin`, `os`, `cpu`, `engines`, install scripts counts. */
  readonly partial?: true;
}

/** A symbolic link: a workspace, a `file:` folder, `link:`, or pnpm's own. */
export interface PlannedLink {
  readonly kind: 'link';
  readonly place: string;
  /** What the link says, relative to the folder it is in. */
  readonly target: string;
  /** Of what it leads to, where that has some. */
  readonly bin?: Readonly<Record<string, string>>;
}

/** Files that are to be as they are here once the tree is: lockfiles, `package.json`, hidden lockfiles. Paths as places. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

/** The commands of one package, linked into one folder. Which they are, its `package.json` says. */
export interface PlannedCommands {
  /** A folder as a place: `node_modules/.bin`. */
  readonly into: string;
  /** The place of a package or of a link to one, or a folder of the project: then `bin` says which. */
  readonly from: string;
  readonly bin?: Readonly<Record<string, string>>;
}

export interface TreePlan {
  /** Absolute path of the project. */
  readonly root: string;
  readonly nodes: readonly PlannedNode[];
  readonly files: readonly PlannedFile[];
  /** Where commands are linked from, for each folder that gets them: `node_modules/.bin` beside each package, as npm does it. */
  readonly binLinks: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** Where given, these and no other commands are linked, in this order; the first of a name stays. */
  readonly commands?: readonly PlannedCommands[];
}
