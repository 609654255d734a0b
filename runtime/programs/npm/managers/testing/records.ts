/** What `runtime/tools/record-managers.ts` writes, and how a tree on disk is told. */
import fs from 'node:fs';
import path from 'node:path';
import type { RealManager } from './projects.ts';

/** Stands for the registry's address in everything recorded. */
export const placeholder = 'https://packages.example/';

/** By place: `name@version`, `-> target` for a link, `=> target` for a command. */
export type RecordedTree = Readonly<Record<string, string>>;

export interface RecordedStep {
  readonly args: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  readonly manifest: string;
  readonly lockfile: string | null;
  readonly tree: RecordedTree;
  /** What the manager noted beside the tree, by path. */
  readonly state: Readonly<Record<string, string>>;
}

export interface ManagerRecord {
  readonly project: string;
  readonly manager: RealManager;
  readonly steps: readonly RecordedStep[];
  /** What an install by the lockfile alone made, with nothing there before. */
  readonly frozen: {
    readonly stdout: string;
    readonly stderr: string;
    readonly code: number;
    /** Absent: as after the last step. */
    readonly tree?: RecordedTree;
  };
}

/** Every package, link and command below every `node_modules` of a project. */
export function readTree(root: string): RecordedTree {
  const tree: Record<string, string> = {};
  const put = (folder: string, name: string) => {
    const place = folder === '' ? name : `${folder}/${name}`;
    const full = path.join(root, place);
    const stat = fs.lstatSync(full);
    if (stat.isSymbolicLink()) {
      tree[place] = `-> ${fs.readlinkSync(full)}`;
    } else if (stat.isDirectory()) {
      const manifest = path.join(full, 'package.json');
      if (fs.existsSync(manifest)) {
        const { name: own, version } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { name?: string; version?: string };
        tree[place] = `${own ?? ''}@${version ?? ''}`;
      }
      modules(`${place}/node_modules`);
    }
  };
  const modules = (folder: string) => {
    if (!fs.existsSync(path.join(root, folder))) return;
    for (const name of fs.readdirSync(path.join(root, folder)).sort()) {
      const place = `${folder}/${name}`;
      if (name === '.bin') {
        for (const command of fs.readdirSync(path.join(root, place)).sort())
          tree[`${place}/${command}`] = `=> ${commandTarget(path.join(root, place, command))}`;
      } else if (name === '.pnpm' || name === '.bun') {
        for (const entry of fs.readdirSync(path.join(root, place)).sort()) {
          if (entry === 'node_modules') modules(`${place}/node_modules`);
          else modules(`${place}/${entry}/node_modules`);
        }
      } else if (name.startsWith('@')) {
        for (const inner of fs.readdirSync(path.join(root, place)).sort()) put(place, inner);
      } else if (!name.startsWith('.')) put(folder, name);
    }
  };
  const walk = (folder: string) => {
    modules(folder === '' ? 'node_modules' : `${folder}/node_modules`);
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
        walk(folder === '' ? entry.name : `${folder}/${entry.name}`);
    }
  };
  walk('');
  return tree;
}

/** Where a link leads, or the program that a shell script of pnpm's starts. */
function commandTarget(file: string): string {
  if (fs.lstatSync(file).isSymbolicLink()) return fs.readlinkSync(file);
  return /"\$basedir\/([^"]+)" +"\$@"/.exec(fs.readFileSync(file, 'utf8'))?.[1] ?? 'unknown';
}
