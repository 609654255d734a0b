/** Of buffers that were dropped, what may wait to be collected. */
const dropBytes = 4 << 20;
/** So many are left to V8: an install that unpacks no more is over before it would have collected. */
const freeBytes = 32 << 20;
/** What V8 allots to new objects at first: to fill it makes it collect those that are young. */
const youngBytes = 1 << 20;
/** Larger ones lie elsewhere. */
const fillerBytes = 64 << 10;

/** So that the engine cannot leave out what is never read. */
let filler: unknown;

/**
 * Has V8 collect buffers soon after they were dropped. It does so when its own heap has filled up, of which a buffer takes next to nothing,
 * or when buffers hold 64 MB more than before: pieces of streams, each read once, are held by the dozens of megabytes. Filling the heap with
 * objects of no use costs little (README.md, "Measured"). Other engines take no notice.
 */
export class DroppedBuffers {
  #bytes = -freeBytes;

  /** So many bytes are not needed any more. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < dropBytes) return;
    this.#bytes = 0;
    for (let filled = 0; filled < youngBytes; filled += fillerBytes) filler = new Array(fillerBytes / 4).fill(0);
    filler = undefined;
    void filler;
  }
}
