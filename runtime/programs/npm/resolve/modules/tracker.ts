/** Arborist's progress trackers: progress is told by requests (`ResolveRequest.onProgress`). */
type Constructor = new (options: object) => object;

export default function tracker(base: Constructor): Constructor {
  return class extends base {
    addTracker(): void {
      // Told elsewhere.
    }

    finishTracker(): void {
      // Told elsewhere.
    }
  };
}
