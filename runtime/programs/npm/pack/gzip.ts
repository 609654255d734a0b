/** Bytes as a gzip file without a date or a name, so that the same bytes give the same file. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  const result = new Uint8Array(await new Response(stream).arrayBuffer());
  // MTIME, XFL and OS, which engines fill in differently.
  result.fill(0, 4, 8);
  result[8] = 2;
  result[9] = 255;
  return result;
}
