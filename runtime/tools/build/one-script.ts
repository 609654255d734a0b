/**
 * A plugin that keeps an entry in one file although late chunks need its modules. What they import from it they take from a record that
 * the entry leaves on `globalThis` before it does anything else.
 *
 * Seen instead: a chunk for what both need is a second request after the first, for every reader, and another file that a page's policy
 * must name. Chunks that import the entry get a second copy of it wherever its address has a query or was redirected, as hosts of
 * packages do, and never load while the entry awaits them. Handing the modules over by calls would show in every late module.
 * A record works with bundlers, too: what they load late has been imported by the entry.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExportNamedDeclaration, Identifier, ImportDeclaration, Program } from 'estree';
import { simple } from 'acorn-walk';
import MagicString from 'magic-string';
import type { GetManualChunk, Plugin, RenderedChunk } from 'rollup';

/** Stands in the entry's code where all that it imports has been evaluated. */
const marker = '__BAVINI_SHARED__';

type Placed<T> = T & { readonly start: number; readonly end: number };

const nameOf = (node: unknown) => (node as Identifier).name;

/** Rollup gives what only chunks import names of one or two letters. */
const isInternal = (name: string) => name.length <= 2;

/** Variables at the top that something is assigned to, or to others of the same name. */
function assignedIn(body: Program['body']): ReadonlySet<string> {
  const variables = new Set<string>();
  for (const node of body) {
    if (node.type === 'VariableDeclaration' && node.kind !== 'const') for (const { id } of node.declarations) variables.add(nameOf(id));
  }
  const found = new Set<string>();
  const tell = (name: string | undefined) => name !== undefined && variables.has(name) && found.add(name);
  for (const node of body)
    simple(node as never, {
      AssignmentExpression: ({ left }) => tell(nameOf(left)),
      UpdateExpression: ({ argument }) => tell(nameOf(argument)),
    });
  return found;
}

/** Two copies of one build share a record, of which the first serves, and no two builds do. */
function recordOf({ modules, exports }: RenderedChunk): string {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const hash = createHash('sha256').update(exports.join());
  for (const { code } of Object.values(modules)) hash.update(code ?? '');
  return `globalThis[Symbol.for('bavini ${version} ${hash.digest('base64url').slice(0, 8)}')]`;
}

/** The module `input` and all that it imports statically, whoever else does, are the chunk `name`. */
export function aloneChunk(name: string, input: string): GetManualChunk {
  let own: Set<string> | undefined;
  return (id, { getModuleInfo }) => {
    if (own === undefined) {
      own = new Set([resolve(input)]);
      for (const module of own) for (const imported of getModuleInfo(module)?.importedIds ?? []) own.add(imported);
    }
    return own.has(id) ? name : undefined;
  };
}

/** For the entry `name` of the table. */
export function oneScript(name: string): Plugin {
  const fileName = `${name}.js`;
  let start: string | undefined;
  return {
    name: 'one-script',
    options(options) {
      const { [name]: input, ...others } = options.input as Record<string, string>;
      start = resolve(input ?? name);
      return { ...options, input: others };
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: start ?? name, fileName, preserveSignature: 'allow-extension' });
    },
    transform(code, id) {
      return resolve(id) === start ? { code: `if (typeof document !== 'undefined') ${marker};\n${code}`, map: null } : null;
    },
    renderChunk(code, chunk, _options, { chunks }) {
      const entry = chunks[fileName];
      if (entry === undefined) return this.error(`There is no ${fileName}`);
      const text = new MagicString(code);
      const { body } = this.parse(code) as Program;
      if (chunk.fileName === fileName) {
        if (chunk.imports.length > 0) this.error(`${fileName} would be more than one file: it imports ${chunk.imports.join()}`);
        const changing = assignedIn(body);
        const kept: string[] = [];
        const shared: string[] = [];
        for (const node of body as Placed<ExportNamedDeclaration>[]) {
          if (node.type !== 'ExportNamedDeclaration') continue;
          for (const { local, exported } of node.specifiers) {
            // The record would hold its first value.
            if (changing.has(nameOf(local))) this.error(`${fileName} cannot share "${nameOf(local)}", which changes`);
            if (!isInternal(nameOf(exported))) kept.push(`${nameOf(local)} as ${nameOf(exported)}`);
            shared.push(`${nameOf(exported)}: ${nameOf(local)}`);
          }
          text.remove(node.start, node.end);
        }
        text.append(`\nexport { ${kept.join(', ')} };\n`);
        text.replace(marker, `${recordOf(entry)} ??= { ${shared.join(', ')} }`);
        return { code: text.toString(), map: null };
      }
      const reexported: string[] = [];
      for (const node of body as Placed<ImportDeclaration | ExportNamedDeclaration>[]) {
        const from = 'source' in node ? node.source?.value : undefined;
        if (typeof from !== 'string' || !from.endsWith(`/${fileName}`)) continue;
        if (chunk.isEntry) this.error(`${chunk.fileName} would not work without ${fileName}`);
        const taken = node.specifiers.map((one) => {
          if (one.type === 'ImportSpecifier') return `${nameOf(one.imported)}: ${nameOf(one.local)}`;
          if (one.type !== 'ExportSpecifier') return this.error(`${chunk.fileName} imports all of ${fileName}`);
          reexported.push(`${marker}${nameOf(one.exported)} as ${nameOf(one.exported)}`);
          return `${nameOf(one.local)}: ${marker}${nameOf(one.exported)}`;
        });
        text.overwrite(node.start, node.end, taken.length === 0 ? '' : `const { ${taken.join(', ')} } = ${recordOf(entry)};`);
      }
      if (reexported.length > 0) text.append(`\nexport { ${reexported.join(', ')} };\n`);
      return text.hasChanged() ? { code: text.toString(), map: null } : null;
    },
  };
}
