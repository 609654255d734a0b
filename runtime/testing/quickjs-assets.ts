/** What a page loads for QuickJS, made from the sources: for tests in Node. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { exportTable } from '../tools/build/quickjs-wasm.ts';

/** The engine's WebAssembly, as it is shipped. */
export function quickJsModule(): WebAssembly.Module {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm'));
  return new WebAssembly.Module(exportTable(wasm) as Uint8Array<ArrayBuffer>);
}

/** The text of a program's bundle for the engine. */
export function quickJsProgram(input = 'programs/node/quickjs-program.ts'): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`../${input}`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    keepNames: true,
    minifySyntax: true,
    legalComments: 'none',
    ignoreAnnotations: true,
  });
  return outputFiles[0]!.text;
}
