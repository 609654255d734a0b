/** What the browser has loaded for the elements and the runtime, as Resource Timing tells it. What workers load is not in it. */

/** The folder the scripts are in: chunks are in it or below. */
const folder = import.meta.url.replace(/[^/]*([?#].*)?$/, '').replace(/\/chunks\/$/, '/');

export interface Loaded {
  readonly files: number;
  /** As they came over the network, from a cache too. */
  readonly bytes: number;
}

/** Follows it until the returned function is called. */
export function followLoaded(changed: (loaded: Loaded) => void): () => void {
  let files = 0;
  let bytes = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (!entry.name.startsWith(folder)) continue;
      files += 1;
      bytes += entry.encodedBodySize;
    }
    changed({ files, bytes });
  });
  observer.observe({ type: 'resource', buffered: true });
  return () => observer.disconnect();
}
