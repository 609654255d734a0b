/** Prefix codes of limited length, as Brotli stores them (RFC 7932 §3). */

/** Lengths of an optimal prefix code, none above `limit`: rare symbols are counted higher until that holds. */
export function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  for (let floor = 1; ; floor *= 2) {
    interface Node {
      readonly count: number;
      readonly symbol: number;
      readonly left?: Node;
      readonly right?: Node;
    }
    const leaves: Node[] = [];
    for (let symbol = 0; symbol < counts.length; symbol++)
      if (counts[symbol]! > 0) leaves.push({ count: Math.max(counts[symbol]!, floor), symbol });
    if (leaves.length === 0) return lengths;
    leaves.sort((a, b) => a.count - b.count);
    // Two queues, both in order: the leaves and what has been joined.
    const joined: Node[] = [];
    let [leaf, inner] = [0, 0];
    const smallest = (): Node =>
      inner >= joined.length || (leaf < leaves.length && leaves[leaf]!.count <= joined[inner]!.count) ? leaves[leaf++]! : joined[inner++]!;
    for (let i = 1; i < leaves.length; i++) {
      const [left, right] = [smallest(), smallest()];
      joined.push({ count: left.count + right.count, symbol: -1, left, right });
    }
    let deepest = 0;
    const stack: [Node, number][] = [[joined.at(-1) ?? leaves[0]!, 0]];
    while (stack.length > 0) {
      const [node, depth] = stack.pop()!;
      if (node.left === undefined) {
        lengths[node.symbol] = Math.max(depth, 1);
        deepest = Math.max(deepest, depth);
      } else stack.push([node.left, depth + 1], [node.right!, depth + 1]);
    }
    if (deepest <= limit) return lengths;
  }
}

/** The canonical codes of `lengths`, with their bits in the order in which they are written. */
export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length < 16; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) if (code & (1 << bit)) reversed |= 1 << (length - 1 - bit);
      codes[symbol] = reversed;
      code++;
    }
    code <<= 1;
  }
  return codes;
}
