/** The sizes of panes, as shares of what they have together. */

const minShare = 0.05;

/** As many shares as panes; what is missing gets an equal part, what is wrong too. */
export function sharesFor(count: number, wanted: readonly number[]): readonly number[] {
  const good =
    wanted.length === count && wanted.every((share) => Number.isFinite(share) && share >= 0) && wanted.some((share) => share > 0);
  const shares = good ? wanted : Array.from({ length: count }, () => 1);
  const sum = shares.reduce((one, other) => one + other, 0);
  return shares.map((share) => share / sum);
}

/** Moves the border behind the pane at `index` so that it has `share`; only the two beside the border change. */
export function resized(shares: readonly number[], index: number, share: number): readonly number[] {
  const both = shares[index]! + shares[index + 1]!;
  const least = Math.min(minShare, both / 2);
  const next = share <= 0 ? 0 : share >= both ? both : Math.min(Math.max(share, least), both - least);
  return shares.map((one, at) => (at === index ? next : at === index + 1 ? both - next : one));
}

/** `sizes="20 50 30"`. */
export function parseSizes(text: string): readonly number[] {
  return text
    .split(/[\s,/]+/)
    .filter(Boolean)
    .map(Number);
}
