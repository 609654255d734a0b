/** One array of all of them, in order. A single one is given as it is, not copied. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return parts.length === 1 ? (parts[0] as Uint8Array<ArrayBuffer>) : joinBytes(parts);
}

/** One array of all of them, in order, which has its buffer to itself. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Gives the memory of its whole buffer back at once, where the engine can: a collector sees too little of large buffers to hurry. Nobody
 * may look into it any more; another piece of the same buffer may have done so before.
 */
export function letGo({ buffer }: Uint8Array): void {
  const { detached, transfer } = buffer as { readonly detached?: boolean; readonly transfer?: (length: number) => unknown };
  if (detached === false) transfer?.call(buffer, 0);
}

/** The same of a piece that a stream gave, unless more may lie in its buffer. */
export function letGoOfPiece(piece: Uint8Array): void {
  if (piece.byteLength === piece.buffer.byteLength) letGo(piece);
}
