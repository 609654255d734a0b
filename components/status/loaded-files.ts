/** What the browser has loaded for the elements and the runtime, as Resource Timing tells it. What workers load is not in it. */

/** That of `runtime/base/bundled-files.ts`. */
const key = Symbol.for('bavini files');

/** The folder the scripts are in: chunks are in it or below. */
const folder = import.meta.url.replace(/[^/]*([?#].*)?$/, '').replace(/\/chunks\/$/, '/');

/**
 * Whether a file is one of ours. In a bundle the scripts are parts of the page's own, and their folder is its folder or none at all: there only
 * the runtime's files count, whose addresses `dist/bundled/files.js` has left.
 */
function isOurs(address: string): boolean {
  const bundled = (globalThis as { [key]?: { readonly urls: Readonly<Record<string, string>> } })[key];
  return bundled === undefined ? address.startsWith(folder) : Object.values(bundled.urls).includes(address);
}

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
      if (!isOurs(entry.name)) continue;
      files += 1;
      bytes += entry.encodedBodySize;
    }
    changed({ files, bytes });
  });
  observer.observe({ type: 'resource', buffered: true });
  return () => observer.disconnect();
}
