/** Layer rules and import cycles, from what TypeScript's own scanner finds in each file. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { whyForbidden } from '../layers.ts';
import { projectFiles } from './files.ts';
import { outcomeOf } from './report.ts';
import type { Outcome } from './report.ts';

/** Relative imports of a file, types and dynamic ones included, resolved from the project's root. */
export function importsOf(file: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file), name));
}

/** Each strongly connected part of the graph with more than one file, as a readable ring. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string) => {
    state.set(file, 'open');
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      if (state.get(next) === 'open') cycles.push([...path.slice(path.indexOf(next)), next].join(' → '));
      else if (state.get(next) === undefined) visit(next);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (state.get(file) === undefined) visit(file);
  return cycles;
}

export function checkLayers(): Promise<Outcome> {
  const problems: string[] = [];
  const graph = new Map<string, string[]>();
  for (const file of projectFiles()) {
    if (!/^(runtime|components|sw)\/.*\.ts$/.test(file)) continue;
    const targets = importsOf(file, readFileSync(file, 'utf8'));
    graph.set(file, targets);
    for (const target of targets) {
      const why = whyForbidden(file, target);
      if (why !== undefined) problems.push(`${file} imports ${target}: ${why}`);
    }
  }
  for (const cycle of findCycles(graph)) problems.push(`cycle: ${cycle}`);
  return Promise.resolve(outcomeOf(problems, [`${graph.size} files`]));
}
