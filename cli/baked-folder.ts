/** A baked folder on the author's disk: what is there is kept, what is new is added. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  bakedFile,
  indexText,
  mergeBaked,
  mergePackuments,
  parseBakedIndex,
  type BakedFile,
  type BakedPackument,
} from '../runtime/packages/baked-registry.ts';

export interface Written {
  /** Tarballs that were not there before, and their bytes. */
  readonly tarballs: number;
  readonly bytes: number;
}

/** Versions and tags in an order of their own, so that a folder does not tell in which order lessons were baked into it. */
function sorted(packument: BakedPackument): BakedPackument {
  const byKey = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
  return { name: packument.name, 'dist-tags': byKey(packument['dist-tags'] ?? {}), versions: byKey(packument.versions) };
}

/** Adds `files` to the folder. A reader of the folder sees each file as it was or as it is now. */
export function writeBaked(folder: string, files: readonly BakedFile[]): Written {
  let tarballs = 0;
  let bytes = 0;
  for (const { path, contents } of files) {
    const at = join(folder, path);
    const there = existsSync(at);
    if (typeof contents !== 'string') {
      if (there) continue; // Named by its hash.
      tarballs++;
      bytes += contents.length;
      write(at, contents);
      continue;
    }
    write(
      at,
      there
        ? merged(path, readFileSync(at, 'utf8'), contents)
        : path === bakedFile
          ? contents
          : textOf(JSON.parse(contents) as BakedPackument),
    );
  }
  return { tarballs, bytes };
}

function merged(path: string, old: string, fresh: string): string {
  if (path === bakedFile) {
    const [before, now] = [parseBakedIndex(old), parseBakedIndex(fresh)];
    return before === undefined || now === undefined ? fresh : indexText(mergeBaked(before, now));
  }
  return textOf(mergePackuments(JSON.parse(old) as BakedPackument, JSON.parse(fresh) as BakedPackument));
}

function textOf(packument: BakedPackument): string {
  return `${JSON.stringify(sorted(packument))}\n`;
}

function write(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, contents);
  renameSync(part, path);
}

/** Answers requests for a folder that is not written yet. */
export function fetchFrom(files: readonly BakedFile[], base: string): typeof fetch {
  const byPath = new Map(files.map(({ path, contents }) => [path, contents]));
  return (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const contents = url.startsWith(base) ? byPath.get(decodeURIComponent(url.slice(base.length))) : undefined;
    return Promise.resolve(contents === undefined ? new Response('', { status: 404, statusText: 'Not Found' }) : new Response(contents));
  };
}
