/**
 * A plugin for what loads much when it first runs: a dynamic import asks for the chunk and for all that the chunk imports at once. Browsers
 * find out only when a chunk is there what it needs besides, which is another round trip and, on loopback, 8 ms.
 *
 * Whichever comes first is evaluated first, so no two chunks of the bundle may import each other.
 */
import { posix } from 'node:path';
import type { OutputBundle, Plugin } from 'rollup';

/** Stands in imports that the plugin has added. */
const mark = '/* at once */';

/** @param modules Files whose dynamic imports are meant. */
export function importsAtOnce(modules: RegExp): Plugin {
  return {
    name: 'imports-at-once',
    renderDynamicImport({ moduleId, chunk, getTargetChunkImports }) {
      if (!modules.test(moduleId.replaceAll('\\', '/'))) return null;
      const others = (getTargetChunkImports() ?? []).flatMap((found) =>
        found.type === 'internal' && found.fileName !== chunk.fileName ? [`import(${mark} ${found.resolvedImportPath})`] : [],
      );
      if (others.length === 0) return null;
      return { left: 'Promise.all([import(', right: `),${others.join()}]).then(([chunk])=>chunk)` };
    },
    /** What the chunk itself imports is there: to ask for it again would cost a little each time. */
    renderChunk(code, chunk, _options, { chunks }) {
      if (!code.includes(mark)) return null;
      const loaded = new Set([chunk.fileName]);
      for (const file of loaded) for (const imported of chunks[file]?.imports ?? []) loaded.add(imported);
      const folder = posix.dirname(chunk.fileName);
      return code.replace(/,import\(\/\* at once \*\/ (['"])(.+?)\1\)/g, (_whole, quote: string, name: string) =>
        loaded.has(posix.join(folder, name)) ? '' : `,import(${quote}${name}${quote})`,
      );
    },
    generateBundle(_options, bundle) {
      const circle = circleIn(bundle);
      if (circle !== undefined) throw new Error(`Chunks import each other, so that none can be evaluated first: ${circle.join(' → ')}`);
    },
  };
}

/** The first circle of static imports, if there is one. */
function circleIn(bundle: OutputBundle): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    const chunk = bundle[name];
    if (done.has(name) || chunk?.type !== 'chunk') return undefined;
    for (const imported of chunk.imports) {
      const found = visit(imported, [...path, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(bundle)) {
    const found = visit(name, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
