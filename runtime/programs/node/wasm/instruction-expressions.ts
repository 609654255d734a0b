/**
 * What instructions of WebAssembly compute, as JavaScript's expressions: an i32 is a signed number, an i64 a signed bigint, a float a number.
 * `t` is the thread (`ThreadCode`), `m` is `arithmetic`, `I` and `U` are `BigInt.asIntN` and `.asUintN`, `F` rounds to an f32. Numbers are those of WebAssembly
 * 3.0, chapter 5.4.
 */

type Expression = (a: string, b: string) => string;
interface Computed {
  /** How many values it takes. */
  readonly takes: 1 | 2;
  readonly of: Expression;
}

const unsigned32 = (value: string) => `(${value}>>>0)`;
const unsigned64 = (value: string) => `U(64,${value})`;
const signed64 = (value: string) => `I(64,${value})`;
const truth = (condition: string) => `(${condition}?1:0)`;
const compared =
  (operator: string, as: (value: string) => string = String): Expression =>
  (a, b) =>
    truth(`${as(a)}${operator}${as(b)}`);
const integer =
  (operator: string): Expression =>
  (a, b) =>
    `(${a}${operator}${b}|0)`;
const long =
  (operator: string): Expression =>
  (a, b) =>
    signed64(`${a}${operator}${b}`);
const double =
  (operator: string): Expression =>
  (a, b) =>
    `(${a}${operator}${b})`;
const single =
  (operator: string): Expression =>
  (a, b) =>
    `F(${a}${operator}${b})`;
const call =
  (name: string): Expression =>
  (a, b) =>
    `m.${name}(${[a, b].filter(Boolean).join()})`;
const divisor = (value: string) => `m.divisor(${value})`;
const bits = (value: string) => `(${value}&63n)`;

const from = (first: number, takes: 1 | 2, ...all: readonly Expression[]): [number, Computed][] =>
  all.map((of, index) => [first + index, { takes, of }]);

const signedComparisons = ['===', '!=='].map((operator) => compared(operator));
const comparisons = (as: (value: string) => string) =>
  ['<', '>', '<=', '>='].flatMap((operator) => [compared(operator), compared(operator, as)]);
const floatComparisons = ['===', '!==', '<', '>', '<=', '>='].map((operator) => compared(operator));
const rounding = ['Math.abs', '-', 'Math.ceil', 'Math.floor', 'Math.trunc'].map(
  (name): Expression =>
    (a) =>
      `${name}(${a})`,
);
const extended =
  (size: number): Expression =>
  (a) =>
    `(${a}<<${32 - size}>>${32 - size})`;

const computed = new Map<number, Computed>([
  ...from(0x45, 1, (a) => `(${a}===0?1:0)`),
  ...from(0x46, 2, ...signedComparisons, ...comparisons(unsigned32)),
  ...from(0x50, 1, (a) => `(${a}===0n?1:0)`),
  ...from(0x51, 2, ...signedComparisons, ...comparisons(unsigned64)),
  ...from(0x5b, 2, ...floatComparisons, ...floatComparisons),
  ...from(0x67, 1, (a) => `Math.clz32(${a})`, call('trailing32'), call('ones32')),
  ...from(0x6a, 2, integer('+'), integer('-'), (a, b) => `Math.imul(${a},${b})`),
  ...from(0x6d, 2, call('quotient'), call('unsignedQuotient'), call('remainder'), call('unsignedRemainder')),
  ...from(0x71, 2, ...['&', '|', '^', '<<', '>>'].map(double), (a, b) => `(${a}>>>${b}|0)`),
  ...from(
    0x77,
    2,
    (a, b) => `(${a}<<${b}|${a}>>>32-${b})`,
    (a, b) => `(${a}>>>${b}|${a}<<32-${b})`,
  ),
  ...from(0x79, 1, call('leading64'), call('trailing64'), call('ones64')),
  ...from(0x7c, 2, long('+'), long('-'), long('*')),
  ...from(0x7f, 2, call('longQuotient'), (a, b) => signed64(`${unsigned64(a)}/${divisor(unsigned64(b))}`)),
  ...from(
    0x81,
    2,
    (a, b) => signed64(`${a}%${divisor(b)}`),
    (a, b) => signed64(`${unsigned64(a)}%${divisor(unsigned64(b))}`),
  ),
  ...from(
    0x83,
    2,
    ...['&', '|', '^'].map(double),
    (a, b) => signed64(`${a}<<${bits(b)}`),
    (a, b) => `(${a}>>${bits(b)})`,
  ),
  ...from(0x88, 2, (a, b) => signed64(`${unsigned64(a)}>>${bits(b)}`)),
  ...from(
    0x89,
    2,
    (a, b) => `m.rotated(${a},${bits(b)})`,
    (a, b) => `m.rotated(${a},64n-${bits(b)})`,
  ),
  ...from(0x8b, 1, ...rounding, call('nearest'), (a) => `F(Math.sqrt(${a}))`),
  ...from(
    0x92,
    2,
    ...['+', '-', '*', '/'].map(single),
    (a, b) => `Math.min(${a},${b})`,
    (a, b) => `Math.max(${a},${b})`,
    call('signedAs'),
  ),
  ...from(0x99, 1, ...rounding, call('nearest'), (a) => `Math.sqrt(${a})`),
  ...from(
    0xa0,
    2,
    ...['+', '-', '*', '/'].map(double),
    (a, b) => `Math.min(${a},${b})`,
    (a, b) => `Math.max(${a},${b})`,
    call('signedAs'),
  ),
  ...from(0xa7, 1, (a) => `Number(I(32,${a}))`, ...['signed', 'unsigned', 'signed', 'unsigned'].map((kind) => call(`${kind}32`))),
  ...from(
    0xac,
    1,
    (a) => `BigInt(${a})`,
    (a) => `BigInt(${unsigned32(a)})`,
  ),
  ...from(0xae, 1, ...['signed', 'unsigned', 'signed', 'unsigned'].map((kind) => call(`${kind}64`))),
  ...from(
    0xb2,
    1,
    (a) => `F(${a})`,
    (a) => `F(${unsigned32(a)})`,
    call('singleOf'),
    (a) => call('singleOf')(unsigned64(a), ''),
  ),
  ...from(
    0xb6,
    1,
    (a) => `F(${a})`,
    String,
    unsigned32,
    (a) => `Number(${a})`,
    (a) => `Number(${unsigned64(a)})`,
    String,
  ),
  ...from(0xbc, 1, call('bitsOfSingle'), call('bitsOfDouble'), call('singleOfBits'), call('doubleOfBits')),
  ...from(0xc0, 1, extended(8), extended(16)),
  ...from(
    0xc2,
    1,
    ...[8, 16, 32].map(
      (size): Expression =>
        (a) =>
          `I(${size},${a})`,
    ),
  ),
  // Behind 0xfc.
  ...from(0xfc00, 1, ...['signed', 'unsigned', 'signed', 'unsigned'].map((kind) => call(`${kind}32Within`))),
  ...from(0xfc04, 1, ...['signed', 'unsigned', 'signed', 'unsigned'].map((kind) => call(`${kind}64Within`))),
]);

/** Undefined for what is not a plain computation. */
export function computation(code: number): Computed | undefined {
  return computed.get(code);
}

const view = (kind: string, narrow = false) => ({
  load: (at: string) => `t.view.get${kind}(${at}${narrow ? '' : ',true'})`,
  store: (at: string, value: string) => `t.view.set${kind}(${at},${value}${narrow ? '' : ',true'})`,
});
type View = ReturnType<typeof view>;
const [int8, uint8, int16, uint16] = [view('Int8', true), view('Uint8', true), view('Int16'), view('Uint16')];
const [int32, uint32, int64] = [view('Int32'), view('Uint32'), view('BigInt64')];
const asLong = (access: View): View => ({
  load: (at) => `BigInt(${access.load(at)})`,
  store: (at, value) => access.store(at, `Number(I(32,${value}))`),
});

const floats = [view('Float32'), view('Float64')];
const loads = [int32, int64, ...floats, int8, uint8, int16, uint16, ...[int8, uint8, int16, uint16, int32, uint32].map(asLong)];
const stores = [int32, int64, ...floats, int8, int16, asLong(int8), asLong(int16), asLong(int32)];

/** Loads are 0x28 and what follows, stores 0x36. */
export const loadOf = (code: number): View | undefined => loads[code - 0x28];
export const storeOf = (code: number): View | undefined => stores[code - 0x36];

/** In the order of all groups of atomic instructions. */
const atomic = [int32, int64, uint8, uint16, asLong(uint8), asLong(uint16), asLong(uint32)];
const isLong = [false, true, false, false, true, true, true];
const changes: readonly Expression[] = [(a, b) => `${a}+${b}`, (a, b) => `${a}-${b}`, ...['&', '|', '^'].map(double), (_, b) => b];

export type AtomicAccess =
  | { readonly kind: 'load' | 'store' | 'exchangeIfEqual'; readonly access: View; readonly isLong: boolean }
  | { readonly kind: 'change'; readonly access: View; readonly isLong: boolean; readonly to: Expression };

/** Of the instructions behind 0xfe, from 0x10 on. Threads take turns, so that nothing comes between what it reads and what it writes. */
export function atomicAccess(code: number): AtomicAccess | undefined {
  const group = Math.floor((code - 0x10) / 7);
  const at = (code - 0x10) % 7;
  const access = atomic[at];
  if (group < 0 || group > 8 || access === undefined) return undefined;
  const common = { access, isLong: isLong[at]! };
  const to = changes[group - 2];
  if (to !== undefined) return { kind: 'change', ...common, to };
  return { kind: group === 0 ? 'load' : group === 1 ? 'store' : 'exchangeIfEqual', ...common };
}
/** What an i32 or i64 that holds less than all its bits compares as. */
export const zeroExtended = ({ isLong: long }: AtomicAccess, code: number, value: string): string => {
  const size = [32, 64, 8, 16, 8, 16, 32][(code - 0x10) % 7]!;
  if (long) return size === 64 ? value : `U(${size},${value})`;
  return size === 32 ? value : `(${value}&${2 ** size - 1})`;
};
