/** Layer rules and import cycles, from what TypeScript's own scanner finds in each file. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { whyForbidden } from '../layers.ts';
import { projectFiles } from './files.ts';
import { outcomeOf } from './report.ts';
import type { Outcome } from './report.ts';

export interface FileImport {
  /** From the project's root. */
  readonly target: string;
  /** Erased by the compiler: obeys the layers, but is no cycle at run time. */
  readonly typeOnly: boolean;
}

/** Relative imports of a file: static, re-exported and dynamic ones. */
export function importsOf(file: string, text: string): FileImport[] {
  const found: FileImport[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.')) return;
    found.push({ target: posix.join(posix.dirname(file), specifier.text), typeOnly });
  };
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext));
  return found;
}

/** The rings of a graph, each as one readable line: one for every import that closes one. */
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
    graph.set(
      file,
      targets.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target),
    );
    for (const { target } of targets) {
      const why = whyForbidden(file, target);
      if (why !== undefined) problems.push(`${file} imports ${target}: ${why}`);
    }
  }
  for (const cycle of findCycles(graph)) problems.push(`cycle: ${cycle}`);
  return Promise.resolve(outcomeOf(problems, [`${graph.size} files`]));
}
