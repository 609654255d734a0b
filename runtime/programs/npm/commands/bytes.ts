/** Sizes as npm prints them: powers of a thousand. */
export function formatBytes(bytes: number, space = true): string {
  const gap = space ? ' ' : '';
  if (bytes < 1000) return `${bytes}${gap}B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)}${gap}kB`;
  if (bytes < 999_950_000) return `${(bytes / 1_000_000).toFixed(1)}${gap}MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)}${gap}GB`;
}
