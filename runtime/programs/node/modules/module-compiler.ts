/**
 * ES modules as functions. The function is a generator that stops once, after its functions exist and before its code
 * runs; an exported binding is read through a closure, an imported one through a property, so both are live. Lines stay
 * where they are; `columns` tells how columns moved.
 */
import {
  magicComment,
  moduleParseOptions,
  placeOf,
  type CompiledModule,
  type ImportEntry,
  type IndirectExport,
  type ModuleRequest,
  type Place,
} from './compile.ts';
import { catchClausesOf, editCatchClauses, mayCatch, mayNameAwaited } from './catch-clauses.ts';
import { Edits } from './edits.ts';
import { keepTypeof } from './keep-typeof.ts';
import { loopPlace } from './follow-functions.ts';
import { chooseNames, type HelperNames } from './helper-names.ts';
import { Rewriter } from './rewrite.ts';
import { eachBinding, eachChild, nameOf, type Node, type Parse } from './syntax.ts';

export interface CompileOptions {
  /** Whether `await` keeps the async context; costs some calls at each. */
  readonly keepContext: boolean;
  /** Whether what is caught is shown to the helper first (`HelperNames`). */
  readonly showCaught?: boolean;
  /** Whether it runs in a `vm` context, whose scope answers for every name. */
  readonly inContext?: boolean;
}

/** @throws the parser's SyntaxError. */
export function compileModule(source: string, parse: Parse, options: CompileOptions): CompiledModule {
  return new ModuleCompiler(source, parse(source, moduleParseOptions), options).compile();
}

class ModuleCompiler {
  readonly #source: string;
  readonly #program: Node;
  readonly #options: CompileOptions;
  readonly #edits: Edits;
  readonly #names: HelperNames;
  readonly #requests: ModuleRequest[] = [];
  readonly #requestKeys = new Map<string, number>();
  readonly #imports: ImportEntry[] = [];
  readonly #importsByLocal = new Map<string, ImportEntry>();
  readonly #locals = new Map<string, string>();
  readonly #indirect: IndirectExport[] = [];
  readonly #stars: number[] = [];
  #anonymousFunction = false;

  constructor(source: string, program: Node, options: CompileOptions) {
    this.#source = source;
    this.#program = program;
    this.#options = options;
    this.#edits = new Edits(source);
    this.#names = chooseNames(source);
  }

  compile(): CompiledModule {
    const body = this.#program['body'] as Node[];
    const awaits = topLevelAwaits(this.#program);
    // Only a plain `await` can be written as a `yield`.
    const kind = awaits.loops ? 'async' : 'generator';
    for (const statement of body) if (statement.type === 'ImportDeclaration') this.#import(statement);
    for (const statement of body) if (statement.type.startsWith('Export')) this.#export(statement);
    if (this.#source.startsWith('#!')) this.#edits.replace(0, 2, '//');
    const named = new Set(this.#imports.filter((entry) => entry.imported !== null).map((entry) => entry.local));
    const { showCaught = false, inContext = false } = this.#options;
    const followFrames = showCaught && !inContext;
    const rewriter = new Rewriter({
      source: this.#source,
      edits: this.#edits,
      names: this.#names,
      imported: named,
      topLevel: kind === 'async' ? 'await' : 'yield',
      awaits: awaits.places.map(({ at }) => at),
      keepContext: this.#options.keepContext,
      isModule: true,
      followFrames,
    });
    rewriter.program(this.#program);
    // Engines name what is imported as it is written here, and word what namespaces refuse otherwise.
    if ((showCaught || this.#imports.length > 0 || mayNameAwaited(this.#source)) && mayCatch(this.#source))
      editCatchClauses(this.#source, catchClausesOf(this.#program), this.#edits, this.#names.helper, showCaught ? 'c' : 'n');
    if (this.#options.inContext === true) keepTypeof(this.#program, this.#edits, this.#names.helper, [...this.#importsByLocal.keys()]);
    const mutable = /\beval\s*\(/.test(this.#source);
    const locals = [...this.#locals].map(([exported, local]) => ({ exported, constant: !mutable && !rewriter.assigned.has(local) }));
    const followed = followFrames && kind === 'async';
    const end = followed ? `\n;${this.#names.helper}.z(${this.#names.run})})` : '\n})';
    const edited = this.#edits.apply(this.#prologue(kind, rewriter.topAwaits, followed), end);
    return {
      ...edited,
      kind,
      requests: this.#requests,
      imports: this.#imports,
      locals,
      indirect: this.#indirect,
      stars: this.#stars,
      hasTopLevelAwait: awaits.any,
      awaits: awaits.places.map(({ shown }) => placeOf(this.#source, shown)),
      assignsImports: mutable || [...named].some((name) => rewriter.assigned.has(name)),
      sourceMapUrl: magicComment(this.#source, 'sourceMappingURL'),
      sourceUrl: magicComment(this.#source, 'sourceURL'),
    };
  }

  #prologue(kind: CompiledModule['kind'], topAwaits: boolean, followed: boolean): string {
    const { env, helper, frame, run, fallback } = this.#names;
    const getters = [...this.#locals].map(([exported, local]) => `${JSON.stringify(exported)}:()=>${local}`).join();
    const namespaces = this.#imports
      .filter((entry) => entry.imported === null)
      .map((entry) => `const ${entry.local}=${helper}.namespace(${entry.request});`)
      .join('');
    const named = this.#anonymousFunction ? `${helper}.nameDefault(${fallback});` : '';
    const head = kind === 'async' ? `(async function(${env},${helper}){` : `(function*(${env},${helper}){`;
    const stop = kind === 'async' ? '' : 'yield;';
    return `${head}'use strict';${topAwaits ? `var ${frame}=0;` : ''}${followed ? `var ${run}=${helper}.b(${helper});` : ''}${helper}.exports({__proto__:null,${getters}});${named}${namespaces}${stop}`;
  }

  #request(node: Node): number {
    const attributes: Record<string, string> = Object.create(null);
    for (const attribute of (node['attributes'] ?? []) as Node[]) attributes[nameOf(attribute['key'])] = String(attribute['value'].value);
    const specifier = String(node['source'].value);
    const phase = node['phase'] === 'source' ? 1 : 2;
    const key = JSON.stringify([specifier, phase, Object.entries(attributes).sort()]);
    const known = this.#requestKeys.get(key);
    if (known !== undefined) return known;
    this.#requests.push({ specifier, attributes, phase, place: this.#place(node['source'] as Node) });
    this.#requestKeys.set(key, this.#requests.length - 1);
    return this.#requests.length - 1;
  }

  #place(node: Node): Place {
    return placeOf(this.#source, node.start);
  }

  #import(node: Node): void {
    this.#noteRequestsBefore(node);
    const request = this.#request(node);
    for (const specifier of node['specifiers'] as Node[]) {
      const local = specifier['local'].name as string;
      const imported =
        specifier.type === 'ImportNamespaceSpecifier'
          ? null
          : specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : nameOf(specifier['imported']);
      const entry = { request, imported, local, place: this.#place(specifier) };
      this.#imports.push(entry);
      this.#importsByLocal.set(local, entry);
    }
    this.#edits.blank(node.start, node.end, ';');
  }

  /** Requests count in the order of the text, imports and re-exports alike. */
  #noteRequestsBefore(node: Node): void {
    for (const statement of this.#program['body'] as Node[]) {
      if (statement === node) return;
      if (statement.type.startsWith('Export') && statement['source']) this.#request(statement);
    }
  }

  #export(node: Node): void {
    switch (node.type) {
      case 'ExportAllDeclaration': {
        const request = this.#request(node);
        const exported = node['exported'] as Node | null;
        if (exported === null) this.#stars.push(request);
        else this.#indirect.push({ exported: nameOf(exported), request, imported: null, place: this.#place(exported) });
        return this.#edits.blank(node.start, node.end, ';');
      }
      case 'ExportDefaultDeclaration':
        return this.#exportDefault(node);
      case 'ExportNamedDeclaration':
        return node['declaration'] === null ? this.#exportList(node) : this.#exportDeclaration(node);
      default:
        return;
    }
  }

  #exportList(node: Node): void {
    const request = node['source'] === null ? undefined : this.#request(node);
    for (const specifier of node['specifiers'] as Node[]) {
      const exported = nameOf(specifier['exported']);
      const local = nameOf(specifier['local']);
      const place = this.#place(specifier);
      const through = request === undefined ? this.#importsByLocal.get(local) : undefined;
      if (request !== undefined) this.#indirect.push({ exported, request, imported: local, place });
      else if (through === undefined || through.imported === null) this.#locals.set(exported, local);
      else this.#indirect.push({ exported, request: through.request, imported: through.imported, place: through.place });
    }
    this.#edits.blank(node.start, node.end, ';');
  }

  #exportDeclaration(node: Node): void {
    const declaration = node['declaration'] as Node;
    if (declaration.type === 'VariableDeclaration') {
      for (const declarator of declaration['declarations'] as Node[]) {
        eachBinding(declarator['id'], (identifier) => this.#locals.set(identifier['name'], identifier['name']));
      }
    } else this.#locals.set(declaration['id'].name, declaration['id'].name);
    this.#edits.blank(node.start, node.start + 6);
  }

  #exportDefault(node: Node): void {
    const declaration = node['declaration'] as Node;
    const { fallback } = this.#names;
    const isDeclaration = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration';
    if (isDeclaration && declaration['id'] !== null) {
      this.#locals.set('default', declaration['id'].name);
      return this.#edits.blank(node.start, declaration.start);
    }
    this.#locals.set('default', fallback);
    if (declaration.type === 'FunctionDeclaration') {
      this.#anonymousFunction = true;
      this.#edits.blank(node.start, declaration.start);
      const head = /^(?:async(?:\s|\/\*[^]*?\*\/)+)?function(?:\s|\/\*[^]*?\*\/)*\*?/.exec(this.#source.slice(declaration.start));
      return this.#edits.open(declaration.start + head![0].length, ` ${fallback}`);
    }
    const keywords = /^export(?:\s|\/\*[^]*?\*\/|\/\/.*)*default/.exec(this.#source.slice(node.start));
    const lines = keywords![0].replace(/[^\n\r\u2028\u2029]/g, '');
    // The property's name names an anonymous function or class.
    this.#edits.replace(node.start, node.start + keywords![0].length, `const {default:${fallback}}={default:${lines}(`);
    const ends = this.#source[node.end - 1] === ';' ? node.end - 1 : node.end;
    this.#edits.replace(ends, node.end, ')};');
  }
}

/** Looks outside functions for `await`, and for its forms that are no expression (`for await`, `await using`). */
function topLevelAwaits(program: Node): { any: boolean; loops: boolean; places: { readonly at: number; readonly shown: number }[] } {
  const found = { any: false, loops: false, places: [] as { readonly at: number; readonly shown: number }[] };
  const look = (node: Node): void => {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return;
      case 'AwaitExpression':
        found.any = true;
        found.places.push({ at: node.start, shown: node.start });
        break;
      case 'ForOfStatement':
        if (node['await'] === true) {
          found.any = found.loops = true;
          found.places.push({ at: node.start, shown: loopPlace(node) });
        }
        break;
      case 'VariableDeclaration':
        if (node['kind'] === 'await using') found.any = found.loops = true;
        break;
      default:
        break;
    }
    eachChild(node, look);
  };
  look(program);
  return found;
}
