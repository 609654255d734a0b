import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { LessonChange, LessonFile } from '../../components/lesson/lesson-format.ts';

/** Text where it is text, else bytes. */
function fileOf(path: string): LessonFile {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: bytes.toString('base64') }; // Not text.
  }
}

/** What of a folder nobody means to be in a lesson. */
const left = new Set(['node_modules', '.git', '.DS_Store', '.tk-config.json']);

/** All files of a folder, in an order that does not depend on the disk. Undefined if it is not there or empty. */
export function changeOf(folder: string): LessonChange | undefined {
  const change: Record<string, LessonFile> = {};
  const walk = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (left.has(entry.name)) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else change[relative(folder, path).split(sep).join('/')] = fileOf(path);
    }
  };
  try {
    walk(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return Object.keys(change).length === 0 ? undefined : change;
}
