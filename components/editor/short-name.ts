import type { OpenFile } from './open-files.ts';

/** As short as tells it apart: `index.js`, or `a/index.js` beside `b/index.js`. */
export function shortName(file: string, open: readonly OpenFile[]): string {
  const parts = file.split('/');
  for (let count = 1; count < parts.length; count++) {
    const name = parts.slice(-count).join('/');
    if (!open.some((other) => other.file !== file && (other.file === name || other.file.endsWith(`/${name}`)))) return name;
  }
  return file;
}
