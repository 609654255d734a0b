/** How long a browser may take to begin with it, in milliseconds. */
const keptMs = 60_000;

/** Gives `blob` to the reader as a file. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
