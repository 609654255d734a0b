/** Which workspaces need which others, and the order that follows. */
import { dependencyFields } from './manifest-edit.ts';
import type { Project } from './project.ts';
import { normalPath } from './specifiers.ts';

/** By folder: the folders of the workspaces that it depends on. */
export type WorkspaceGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** @param byVersion Ranges without `workspace:` count, too, where a workspace's version fits them. */
export function workspaceGraph(project: Project, byVersion: (version: string, range: string) => boolean = () => false): WorkspaceGraph {
  const byName = new Map(
    project.workspaces.map(({ folder, manifest }) => [manifest.name, { folder, version: manifest.version ?? '0.0.0' }]),
  );
  const folders = new Set(project.workspaces.map(({ folder }) => folder));
  const graph = new Map<string, ReadonlySet<string>>();
  for (const { folder, manifest } of project.workspaces) {
    const needed = new Set<string>();
    for (const field of dependencyFields) {
      for (const [name, range] of Object.entries(manifest[field] ?? {})) {
        const path = /^(?:link:|file:|portal:|workspace:(?=\.))(.*)$/.exec(range)?.[1];
        const named = byName.get(/^workspace:(@?[^@]+)@/.exec(range)?.[1] ?? name);
        const found =
          path !== undefined
            ? normalPath(`${folder}/${path}`)
            : named !== undefined && (range.startsWith('workspace:') || byVersion(named.version, range))
              ? named.folder
              : undefined;
        if (found !== undefined && found !== folder && folders.has(found)) needed.add(found);
      }
    }
    graph.set(folder, needed);
  }
  return graph;
}

/** All that is reached, without where it begins. */
export function reachable(graph: WorkspaceGraph, from: string): Set<string> {
  const seen = new Set<string>();
  const visit = (folder: string): void => {
    for (const next of graph.get(folder) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(from);
  seen.delete(from);
  return seen;
}

export function reversed(graph: WorkspaceGraph): WorkspaceGraph {
  const result = new Map<string, Set<string>>([...graph.keys()].map((folder) => [folder, new Set()]));
  for (const [folder, needed] of graph) for (const each of needed) result.get(each)?.add(folder);
  return result;
}

/** What may run at once, group after group: each after all that it needs. A circle is a group. */
export function inOrder(folders: readonly string[], graph: WorkspaceGraph): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let left = [...folders];
  const only = new Set(folders);
  while (left.length > 0) {
    const waiting = new Set(left);
    const ready = left.filter((folder) => ![...(graph.get(folder) ?? [])].some((needed) => only.has(needed) && waiting.has(needed)));
    const group = ready.length > 0 ? ready : left;
    groups.push(group);
    left = left.filter((folder) => !group.includes(folder));
  }
  return groups;
}
