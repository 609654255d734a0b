/** `tr`. */
import { encodeText } from '../../process/text.ts';
import { defineTool, ToolExit } from './tool.ts';

export const tr = defineTool('tr', async (tool) => {
  const options = tool.options({
    short: 'cCdst',
    long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' },
    stopAtOperand: true,
  });
  const [set1, set2] = options.operands;
  const remove = options.has('d');
  const squeeze = options.has('s');
  if (set1 === undefined) throw new ToolExit(1, "tr: missing operand\nTry 'tr --help' for more information.\n");
  if (set2 === undefined && !remove && !squeeze)
    throw new ToolExit(
      1,
      `tr: missing operand after '${set1}'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n`,
    );
  let from = expandSet(set1);
  if (options.has('c') || options.has('C')) {
    const inside = new Set(from);
    from = Array.from({ length: 256 }, (_, i) => i).filter((byte) => !inside.has(byte));
  }
  const to = set2 === undefined ? [] : expandSet(set2, from.length);
  const map = Uint8Array.from({ length: 256 }, (_, i) => i);
  const deleted = new Uint8Array(256);
  const squeezed = new Uint8Array(256);
  if (remove) for (const byte of from) deleted[byte] = 1;
  else if (set2 !== undefined) {
    from.forEach((byte, i) => {
      if (i < to.length) map[byte] = to[i] as number;
      else if (!options.has('t')) map[byte] = to.at(-1) ?? byte;
    });
  }
  if (squeeze) for (const byte of set2 === undefined ? from : to) squeezed[byte] = 1;
  let last = -1;
  for (;;) {
    const bytes = await tool.context.stdin.read();
    if (bytes.length === 0) break;
    const out = new Uint8Array(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      if (deleted[byte]) continue;
      const mapped = map[byte] as number;
      if (squeezed[mapped] && mapped === last) continue;
      out[length++] = mapped;
      last = mapped;
    }
    await tool.stdout.write(out.subarray(0, length));
  }
});

const trClasses: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[\t-\r ]/,
  blank: /[\t ]/,
  punct: /[!-/:-@[-`{-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  xdigit: /[0-9A-Fa-f]/,
};

function expandSet(text: string, length = 0): number[] {
  const set: number[] = [];
  const bytes = encodeText(text);
  const one = (at: number): [number, number] => {
    if (bytes[at] !== 92 || at + 1 >= bytes.length) return [bytes[at] as number, 1];
    const rest = String.fromCharCode(...bytes.slice(at + 1, at + 4));
    const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
    if (octal !== undefined) return [parseInt(octal, 8) & 255, 1 + octal.length];
    const named: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
    return [named[rest[0] as string] ?? (bytes[at + 1] as number), 2];
  };
  for (let at = 0; at < bytes.length;) {
    const rest = String.fromCharCode(...bytes.slice(at));
    const named = /^\[:(\w+):\]/.exec(rest);
    if (named !== null) {
      const pattern = trClasses[named[1] as string];
      if (pattern === undefined) throw new ToolExit(1, `tr: invalid character class '${named[1]}'\n`);
      for (let byte = 0; byte < 256; byte++) if (byte < 128 && pattern.test(String.fromCharCode(byte))) set.push(byte);
      at += named[0].length;
      continue;
    }
    const repeat = /^\[(.)\*(\d*)\]/s.exec(rest);
    if (repeat !== null) {
      const count = Number(repeat[2]) || Math.max(0, length - set.length);
      for (let i = 0; i < count; i++) set.push((repeat[1] as string).charCodeAt(0));
      at += repeat[0].length;
      continue;
    }
    const [first, size] = one(at);
    at += size;
    if (bytes[at] === 45 && at + 1 < bytes.length) {
      const [last, lastSize] = one(at + 1);
      if (last < first)
        throw new ToolExit(
          1,
          `tr: range-endpoints of '${String.fromCharCode(first)}-${String.fromCharCode(last)}' are in reverse collating sequence order\n`,
        );
      for (let byte = first; byte <= last; byte++) set.push(byte);
      at += 1 + lastSize;
    } else set.push(first);
  }
  return set;
}
