import type { FileContents } from './project-files.ts';

export async function zipOf(files: ReadonlyMap<string, FileContents>): Promise<Blob> {
  const { strToU8, zip } = await import('fflate');
  const entries = Object.fromEntries(
    [...files].map(([path, contents]) => [path, typeof contents === 'string' ? strToU8(contents) : contents]),
  );
  return new Promise((resolve, reject) => {
    zip(entries, (error, data) =>
      error === null ? resolve(new Blob([data as Uint8Array<ArrayBuffer>], { type: 'application/zip' })) : reject(error),
    );
  });
}

/** How long a browser may take to begin with it, in milliseconds. */
const keptMs = 60_000;

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
