/**
 * The parts of `process-node.js` (`runtime/programs/node/parts/`): scripts that share its modules and travel with Node's library. Rollup
 * makes CommonJS of all of them; the worker's own becomes a classic script again, each part a function of (its exports, the worker's).
 */
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { GetManualChunk, OutputOptions, Plugin } from 'rollup';

const folder = 'runtime/programs/node/parts';
const main = 'process-node';
const prefix = 'parts/';

/** Entries beside the worker's own, as Rollup's `input` takes them. */
export function partInputs(): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !/^(index|all)\.ts$/.test(name));
  return Object.fromEntries(names.map((name) => [prefix + basename(name, '.ts'), join(folder, name)]));
}

/** What the worker's own script imports is in it, and what two parts import, too. */
function mainChunk(input: string): GetManualChunk {
  let own: Set<string> | undefined;
  return (id, { getModuleInfo }) => {
    const reach = (start: string): Set<string> => {
      const found = new Set<string>();
      const queue = [start];
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        if (found.has(next)) continue;
        found.add(next);
        queue.push(...(getModuleInfo(next)?.importedIds ?? []));
      }
      return found;
    };
    if (own === undefined) {
      own = reach(resolve(input));
      const parts = Object.values(partInputs()).map((file) => reach(resolve(file)));
      for (const part of parts) for (const one of part) if (parts.filter((other) => other.has(one)).length > 1) own.add(one);
    }
    return own.has(id) ? main : undefined;
  };
}

export function partsOutput(input: string): OutputOptions {
  return {
    format: 'cjs',
    esModule: false,
    strict: true,
    chunkFileNames: '[name].js',
    manualChunks: mainChunk(input),
    intro: (chunk) => (chunk.name === main ? 'const ownExports = exports;' : ''),
  };
}

/** Must come after what shortens the code. */
export function nodeParts(): Plugin {
  return {
    name: 'node-parts',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const strangers = chunk.imports.filter((name) => name !== `${main}.js`);
        if (strangers.length > 0 || chunk.dynamicImports.length > 0)
          throw new Error(`${chunk.fileName} imports ${strangers.join()} and must import nothing but ${main}.js`);
        const code = chunk.code.trimEnd();
        chunk.code =
          chunk.isEntry && chunk.name === main
            ? `(function(exports){${code}\n})({});\n`
            : `(function(exports,own){const require=()=>own;${code}\n})`;
      }
    },
  };
}

/** The part's name, if that is what a file of the bundle is. */
export function partName(fileName: string): string | undefined {
  return fileName.startsWith(prefix) ? basename(fileName, '.js') : undefined;
}
