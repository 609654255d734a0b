/** The declarations of the public entry points, with all that they reach. */
import { existsSync, readFileSync } from 'node:fs';
import { posix, relative, sep } from 'node:path';
import ts from 'typescript';
import type { Output } from './output.ts';

const entryPoints = ['runtime/index.ts', 'components/index.ts', 'components/define.ts'];

/**
 * What our elements inherit from lit, for users that do not have it: lit is bundled, and its types would be an import that
 * resolves to nothing.
 */
const litTypes = `/** The part of lit's \`LitElement\` that users of an element meet. */
export declare class LitElement extends HTMLElement {
  /** Resolves when the element has rendered. */
  readonly updateComplete: Promise<boolean>;
  requestUpdate(name?: PropertyKey, oldValue?: unknown): void;
  connectedCallback(): void;
  disconnectedCallback(): void;
  attributeChangedCallback(name: string, old: string | null, value: string | null): void;
  protected willUpdate(changed: Map<PropertyKey, unknown>): void;
  protected update(changed: Map<PropertyKey, unknown>): void;
  protected firstUpdated(changed: Map<PropertyKey, unknown>): void;
  protected updated(changed: Map<PropertyKey, unknown>): void;
  protected render(): unknown;
  protected createRenderRoot(): HTMLElement | DocumentFragment;
}
export type PropertyValues<T = unknown> = Map<PropertyKey, unknown> & { readonly of?: T };
export type CSSResultGroup = unknown;
export type CSSResult = unknown;
export type TemplateResult = unknown;
export type ReactiveController = object;
export type ReactiveControllerHost = object;
export declare const nothing: unique symbol;
`;

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile('tsconfig.types.json', (path) => readFileSync(path, 'utf8')) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, '.').options;
}

/** Writes `dist/types/`. Fails if an entry point does not compile, or if a declaration needs a package that users do not have. */
export async function writeTypes(output: Output): Promise<void> {
  const options = compilerOptions();
  const program = ts.createProgram(
    entryPoints.filter((file) => existsSync(file)),
    options,
  );
  const declarations = new Map<string, string>();
  const nameOf = (path: string): string => relative(options.outDir ?? '.', path).replaceAll(sep, '/');
  const { diagnostics } = program.emit(undefined, (path, text) => declarations.set(nameOf(path), text), undefined, true);
  const problems = [...diagnostics, ...ts.getPreEmitDiagnostics(program)].filter(
    ({ category }) => category === ts.DiagnosticCategory.Error,
  );
  if (problems.length > 0) {
    const host = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => process.cwd(), getNewLine: () => '\n' };
    throw new Error(`Cannot make declarations:\n${ts.formatDiagnostics(problems, host)}`);
  }
  let usesLit = false;
  // What only private parts of a class use is not reached: their declarations say nothing of its type.
  const reached = new Set(entryPoints.filter((file) => existsSync(file)).map((file) => file.replace(/\.ts$/, '.d.ts')));
  for (const name of reached) {
    const text = declarations.get(name);
    if (text === undefined) throw new Error(`Cannot make declarations: there is no ${name}`);
    const up = posix.relative(posix.dirname(name), '.') || '.';
    const rewritten = text.replace(
      /(\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)(["'])([^"']+)\2/g,
      (whole, before: string, quote: string, target: string) => {
        if (target.startsWith('.')) reached.add(posix.join(posix.dirname(name), target.replace(/\.ts$/, '.d.ts')));
        if (target.startsWith('.')) return `${before}${quote}${target.replace(/\.ts$/, '.js')}${quote}`;
        if (/^(lit|@lit\/.*|lit\/.*)$/.test(target)) {
          usesLit = true;
          return `${before}${quote}${up.startsWith('.') ? up : `./${up}`}/lit.js${quote}`;
        }
        throw new Error(`Cannot make declarations: ${name} names types of "${target}", which users do not have`);
      },
    );
    await output.write(`types/${name}`, rewritten);
  }
  if (usesLit) await output.write('types/lit.d.ts', litTypes);
}
