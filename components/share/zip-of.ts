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
