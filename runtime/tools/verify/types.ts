/** Compiles each kind of layer against the library it may use, so that a stray `document` is refused by the compiler. */
import ts from 'typescript';
import { layerOf } from '../layers.ts';
import type { Library } from '../layers.ts';
import { projectFiles } from './files.ts';
import { outcomeOf } from './report.ts';
import type { Outcome } from './report.ts';

const language = ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts', 'lib.esnext.iterator.d.ts', 'lib.esnext.collection.d.ts'];
/** Those that one compilation of a layer has; Node's is that of the tools. */
type LayerLibrary = Exclude<Library, 'node'>;
const libraries: Readonly<Record<LayerLibrary, readonly string[]>> = {
  es: language,
  worker: [...language, 'lib.webworker.d.ts', 'lib.webworker.iterable.d.ts', 'lib.webworker.asynciterable.d.ts'],
  dom: [...language, 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
};

function optionsFrom(config: string): ts.ParsedCommandLine {
  const { config: json, error } = ts.readConfigFile(config, (path) => ts.sys.readFile(path)) as { config: unknown; error?: ts.Diagnostic };
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, ' '));
  return ts.parseJsonConfigFileContent(json, ts.sys, '.');
}

function diagnose(files: readonly string[], options: ts.CompilerOptions): string[] {
  const program = ts.createProgram(files, { ...options, noEmit: true });
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    if (diagnostic.file === undefined || diagnostic.start === undefined) return text;
    const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    return `${ts.sys.resolvePath(diagnostic.file.fileName).replace(`${process.cwd()}/`, '')}:${line + 1}:${character + 1} ${text}`;
  });
}

/** The product code of every layer with this library. */
export function checkLayerTypes(library: LayerLibrary): Promise<Outcome> {
  const files = projectFiles().filter((file) => /(?<!\.d)\.ts$/.test(file) && layerOf(file)?.library === library);
  // Declarations that stand beside the code: those of packages without types, and of the platform for the language-only layers.
  files.push(
    ...projectFiles().filter(
      (file) => /\.d\.ts$/.test(file) && layerOf(file)?.library === library && file !== 'runtime/process/worker-globals.d.ts',
    ),
  );
  const { options } = optionsFrom('tsconfig.json');
  return Promise.resolve(outcomeOf(diagnose(files, { ...options, lib: [...libraries[library]] }), [`${files.length} files`]));
}

/** Everything a configuration names, tests and tools with it. */
export function checkProjectTypes(config: string): Promise<Outcome> {
  const { options, fileNames } = optionsFrom(config);
  return Promise.resolve(outcomeOf(diagnose(fileNames, options), [`${fileNames.length} files`]));
}
