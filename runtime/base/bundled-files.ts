/** Where a bundler put the runtime's files: it gives each a name of its own, so that none is found beside our script. */

const key = Symbol.for('bavini files');

export interface BundledFiles {
  /** By the names that they have in `dist/`. */
  readonly urls: Readonly<Record<string, string>>;
  /** How a worker is started, or the address of its script. In the page alone. */
  readonly workers?: Readonly<Record<string, () => unknown>>;
}

/** Left by `dist/bundled/`, which only a bundler imports: other pages have none. */
export function bundledFiles(): BundledFiles | undefined {
  return (globalThis as { [key]?: BundledFiles })[key];
}
