/** What JavaScript makes of instructions of WebAssembly, compared with what the engine does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ThreadCode } from './resumable-thread.ts';
import { asThreadModule, joined, text, unsigned, withSize } from './thread-module.ts';
import { ThreadProgram } from './thread-program.ts';

type Bytes = readonly number[];
const [i32, i64, f32, f64] = [0x7f, 0x7e, 0x7d, 0x7c];
interface Signature {
  readonly takes: readonly number[];
  readonly gives: number;
}
interface Sample extends Signature {
  readonly name: string;
  readonly body: Bytes;
}

const vector = (...entries: readonly Bytes[]): Bytes => [...unsigned(entries.length), ...entries.flat()];
const section = (id: number, content: Bytes): Bytes => [id, ...unsigned(content.length), ...content];
const get = (index: number): Bytes => [0x20, index];
const simple = (code: Bytes, takes: readonly number[], gives: number): Sample => ({
  name: code.map((byte) => byte.toString(16)).join(' '),
  takes,
  gives,
  body: [...takes.flatMap((_, index) => get(index)), ...code],
});
const range = (first: number, last: number, takes: readonly number[], gives: number): Sample[] =>
  Array.from({ length: last - first + 1 }, (_, index) => simple([first + index], takes, gives));
const one = (code: number, takes: number, gives: number) => simple([code], [takes], gives);

const numeric = [
  one(0x45, i32, i32),
  ...range(0x46, 0x4f, [i32, i32], i32),
  one(0x50, i64, i32),
  ...range(0x51, 0x5a, [i64, i64], i32),
  ...range(0x5b, 0x60, [f32, f32], i32),
  ...range(0x61, 0x66, [f64, f64], i32),
  ...range(0x67, 0x69, [i32], i32),
  ...range(0x6a, 0x78, [i32, i32], i32),
  ...range(0x79, 0x7b, [i64], i64),
  ...range(0x7c, 0x8a, [i64, i64], i64),
  ...range(0x8b, 0x91, [f32], f32),
  ...range(0x92, 0x98, [f32, f32], f32),
  ...range(0x99, 0x9f, [f64], f64),
  ...range(0xa0, 0xa6, [f64, f64], f64),
  one(0xa7, i64, i32),
  ...range(0xa8, 0xa9, [f32], i32),
  ...range(0xaa, 0xab, [f64], i32),
  ...range(0xac, 0xad, [i32], i64),
  ...range(0xae, 0xaf, [f32], i64),
  ...range(0xb0, 0xb1, [f64], i64),
  ...range(0xb2, 0xb3, [i32], f32),
  ...range(0xb4, 0xb5, [i64], f32),
  one(0xb6, f64, f32),
  ...range(0xb7, 0xb8, [i32], f64),
  ...range(0xb9, 0xba, [i64], f64),
  one(0xbb, f32, f64),
  one(0xbc, f32, i32),
  one(0xbd, f64, i64),
  one(0xbe, i32, f32),
  one(0xbf, i64, f64),
  ...range(0xc0, 0xc1, [i32], i32),
  ...range(0xc2, 0xc4, [i64], i64),
  ...[0, 1].map((code) => simple([0xfc, code], [f32], i32)),
  ...[2, 3].map((code) => simple([0xfc, code], [f64], i32)),
  ...[4, 5].map((code) => simple([0xfc, code], [f32], i64)),
  ...[6, 7].map((code) => simple([0xfc, code], [f64], i64)),
];

/** At 64 and what the instruction adds to it; then what is there. */
const at: Bytes = [0x41, 0xc0, 0];
const read: Bytes = [...at, 0x29, 0, 8];
const memory = [
  ...[
    [0x28, 0x2f, i32],
    [0x29, 0x29, i64],
    [0x2a, 0x2a, f32],
    [0x2b, 0x2b, f64],
    [0x2c, 0x2f, i32],
    [0x30, 0x35, i64],
  ].flatMap(([first = 0, last = 0, gives = 0]) =>
    Array.from({ length: last - first + 1 }, (_, index): Sample | undefined =>
      first === 0x28 && index > 0
        ? undefined
        : { name: `load ${first + index}`, takes: [i64], gives, body: [...at, ...get(0), 0x37, 0, 8, ...at, first + index, 0, 8] },
    ).filter((sample) => sample !== undefined),
  ),
  ...[
    [0x36, i32],
    [0x37, i64],
    [0x38, f32],
    [0x39, f64],
    [0x3a, i32],
    [0x3b, i32],
    [0x3c, i64],
    [0x3d, i64],
    [0x3e, i64],
  ].map(([code = 0, takes = 0]): Sample => ({
    name: `store ${code}`,
    takes: [takes],
    gives: i64,
    body: [...at, ...get(0), code, 0, 8, ...read],
  })),
];
/** How the seven of each group are aligned, and what they work on. */
const widths: readonly (readonly [align: number, type: number])[] = [
  [2, i32],
  [3, i64],
  [0, i32],
  [1, i32],
  [0, i64],
  [1, i64],
  [2, i64],
];
const atomic = Array.from({ length: 63 }, (_, index): Sample => {
  const [align, type] = widths[index % 7]!;
  const group = Math.floor(index / 7);
  const code: Bytes = [0xfe, 0x10 + index, align, 8];
  const name = `atomic ${(0x10 + index).toString(16)}`;
  const filled: Bytes = [...at, ...get(0), 0x37, 0, 8];
  if (group === 0) return { name, takes: [i64], gives: type, body: [...filled, ...at, ...code] };
  if (group === 1) return { name, takes: [i64, type], gives: i64, body: [...filled, ...at, ...get(1), ...code, ...read] };
  const operands = group === 8 ? [...get(1), ...get(2)] : get(1);
  return {
    name,
    takes: group === 8 ? [i64, type, type] : [i64, type],
    gives: i64,
    // What it gives, and what is there then.
    body: [...filled, ...at, ...operands, ...code, ...(type === i32 ? [0xad] : []), ...read, 0x85],
  };
});

const [end, otherwise] = [0x0b, 0x05];
const control: readonly Sample[] = [
  {
    name: 'loops, branches out of them, and code that is never reached',
    takes: [i32],
    gives: i32,
    // The sum of the odd numbers below the argument, but no further than 9.
    body: [
      ...[0x41, 0, 0x21, 1, 0x41, 0, 0x21, 2],
      ...[0x02, 0x40, 0x03, 0x40],
      ...[...get(1), ...get(0), 0x4e, 0x0d, 1],
      ...[...get(1), 0x41, 9, 0x4a, 0x04, 0x40, 0x0c, 2, 0x00, 0x41, 1, 0x1a, end],
      ...[...get(1), 0x41, 1, 0x71, 0x04, 0x7f, ...get(2), ...get(1), 0x6a, otherwise, ...get(2), end, 0x21, 2],
      ...[...get(1), 0x41, 1, 0x6a, 0x22, 1, 0x1a, 0x0c, 0, end, end],
      ...get(2),
    ],
  },
  {
    name: 'a table of branches that carry a value',
    takes: [i32],
    gives: i32,
    body: [
      ...[0x02, 0x7f, 0x02, 0x7f, 0x02, 0x7f, 0x41, 7, 0x41, 11, ...get(0), 0x0e, 2, 0, 1, 2, end],
      ...[0x41, 1, 0x6a, end, 0x41, 2, 0x6a, 0x0f, end, 0x41, 3, 0x6a],
    ],
  },
  { name: 'select', takes: [i32], gives: i32, body: [0x41, 5, 0x41, 0x7b, ...get(0), 0x1b] },
  { name: 'a global', takes: [i32], gives: i32, body: [0x23, 0, ...get(0), 0x6a, 0x24, 0, 0x23, 0] },
  { name: 'a call', takes: [i32], gives: i32, body: [...get(0), 0x10, 1] },
  { name: 'a call by the table', takes: [i32], gives: i32, body: [...get(0), 0x41, 0, 0x11, 0, 0] },
  {
    name: 'memory that is filled and copied',
    takes: [i32],
    gives: i64,
    body: [...[...at, ...get(0), 0x41, 8, 0xfc, 11, 0], ...[0x41, 0xc3, 0, ...at, 0x41, 4, 0xfc, 10, 0, 0], ...[...at, 0x29, 0, 3]],
  },
];

const all = [...control, ...numeric, ...memory, ...atomic];
const typeOf = ({ takes, gives }: Signature): Bytes => [0x60, ...vector(...takes.map((type) => [type])), 1, gives];

function madeModule(): Uint8Array<ArrayBuffer> {
  const codes = all.map(({ body, name }) => {
    const locals: Bytes = name.startsWith('loops') ? [1, 2, i32] : [0];
    return withSize([[...locals, ...body, end]]).flatMap((part) => [...part]);
  });
  return joined([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, vector(...all.map(typeOf))),
    section(2, vector([...text('env'), ...text('memory'), 2, 3, 1, 1])),
    section(3, vector(...all.map((_, index) => unsigned(index)))),
    section(4, vector([0x70, 0, 1])),
    section(6, vector([i32, 1, 0x41, 3, end])),
    section(7, vector(...all.map((_, index): Bytes => [...text(`f${index}`), 0, ...unsigned(index)]))),
    section(9, vector([0, 0x41, 0, end, 1, 0])),
    section(10, vector(...codes)),
  ]);
}

const samples = new Map<number, readonly (number | bigint)[]>([
  [i32, [0, 1, -1, 7, 63, 200, -2147483648, 2147483647, 305419896]],
  [i64, [0n, 1n, -1n, 40n, 255n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 60n + 2n ** 36n + 1n, 0x123456789abcdef0n]],
  [f32, [0, -0, 0.5, -1.5, 2.5, 16777216, -2147483648, 3000000000, 2 ** 62, NaN, Infinity, -Infinity]],
  [f64, [0, -0, 0.5, -1.5, 2.5, 2 ** 31 - 0.5, 4294967295, 1e300, -(2 ** 63), 2 ** 63, 2 ** 53 + 2, NaN, Infinity]],
]);
const combinations = ([type, ...rest]: readonly number[]): (number | bigint)[][] =>
  type === undefined ? [[]] : combinations(rest).flatMap((values) => samples.get(type)!.map((value) => [value, ...values]));

describe('instructions of WebAssembly, run by JavaScript', () => {
  const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const bytes = madeModule();
  const program = new ThreadProgram(bytes, (source) => (0, eval)(source) as unknown);
  const module = new WebAssembly.Module(asThreadModule(bytes, program));
  const instance = () => new WebAssembly.Instance(module, { env: { memory: shared } });
  const native = instance();
  const code = new ThreadCode(
    program,
    instance(),
    { memory: shared, holds: () => false, notify: () => 0 },
    { poll: () => 0, calls: undefined },
  );
  /** What it gives, or `trap`. */
  const outcome = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      assert.ok(error instanceof WebAssembly.RuntimeError, String(error));
      return 'trap';
    }
  };

  for (const [index, { name, takes }] of all.entries())
    it(name, () => {
      for (const values of combinations(takes)) {
        const call = native.exports[`f${index}`] as (...values: (number | bigint)[]) => unknown;
        const expected = outcome(() => call(...values));
        assert.deepEqual(
          [
            ...values,
            outcome(
              () =>
                code
                  .code(index)(...values)
                  .next().value,
            ),
          ],
          [...values, expected],
        );
      }
    });
});
