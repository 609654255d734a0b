/** Says whether what was stored is still what was stored: finds damage, not attackers. Those would have to write to the database itself. */
import { concatBytes } from '../base/bytes.ts';
import { base64Of, digest } from './digest.ts';

/** Hashed at a time: hashing copies, and the whole of a large package twice would be more than all else that an install holds. */
const pieceBytes = 1 << 20;

async function combine(pieces: AsyncIterable<Uint8Array<ArrayBuffer>> | Iterable<Uint8Array<ArrayBuffer>>): Promise<string> {
  const hashes: Uint8Array[] = [];
  for await (const piece of pieces) hashes.push(await digest('SHA-256', piece));
  const [first = await digest('SHA-256', new Uint8Array())] = hashes;
  const hash = hashes.length < 2 ? first : await digest('SHA-256', concatBytes(hashes));
  return base64Of(hash.subarray(0, 16));
}

function* piecesOf(parts: readonly Uint8Array<ArrayBuffer>[]): Iterable<Uint8Array<ArrayBuffer>> {
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let room = pieceBytes;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const piece = part.subarray(at, at + room);
      waiting.push(piece);
      at += piece.length;
      room -= piece.length;
      if (room > 0) continue;
      yield concatBytes(waiting);
      waiting = [];
      room = pieceBytes;
    }
  }
  if (waiting.length > 0) yield concatBytes(waiting);
}

async function* slicesOf(blob: Blob): AsyncIterable<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < blob.size; at += pieceBytes) yield new Uint8Array(await blob.slice(at, at + pieceBytes).arrayBuffer());
}

/** Half of a SHA-256: of the bytes, or, where there is more than a MiB, of the hashes of each. In base64. */
export async function damageCheck(bytes: Blob | readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  return combine(bytes instanceof Blob ? slicesOf(bytes) : piecesOf(bytes));
}
