/** What instructions of WebAssembly compute that takes more than an expression (`instruction-expressions.ts`). */

const scratch = new DataView(new ArrayBuffer(8));
const { asIntN, asUintN } = BigInt;

function within(value: number, low: number, high: number): number {
  return value !== value ? 0 : value < low ? low : value > high ? high : Math.trunc(value);
}

function ones(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count++;
  return count;
}

export function trap(reason = 'unreachable'): never {
  throw new WebAssembly.RuntimeError(reason);
}

function truncated(value: number, low: number, beyond: number): number {
  const whole = Math.trunc(value);
  if (value !== value || whole < low || whole >= beyond) trap('float unrepresentable in integer range');
  return whole;
}

export const arithmetic = {
  quotient(a: number, b: number): number {
    if (b === 0) trap('divide by zero');
    if (b === -1 && a === -2147483648) trap('divide result unrepresentable');
    return (a / b) | 0;
  },

  unsignedQuotient(a: number, b: number): number {
    if (b === 0) trap('divide by zero');
    return ((a >>> 0) / (b >>> 0)) | 0;
  },

  remainder(a: number, b: number): number {
    if (b === 0) trap('remainder by zero');
    return (a % b) | 0;
  },

  unsignedRemainder(a: number, b: number): number {
    if (b === 0) trap('remainder by zero');
    return ((a >>> 0) % (b >>> 0)) | 0;
  },

  divisor(value: bigint): bigint {
    return value === 0n ? trap('divide by zero') : value;
  },

  longQuotient(a: bigint, b: bigint): bigint {
    const quotient = a / arithmetic.divisor(b);
    return asIntN(64, quotient) === quotient ? quotient : trap('divide result unrepresentable');
  },

  rotated(value: bigint, by: bigint): bigint {
    const bits = asUintN(64, value);
    return asIntN(64, (bits << by) | (bits >> (64n - by)));
  },

  trailing32(value: number): number {
    return value === 0 ? 32 : 31 - Math.clz32(value & -value);
  },

  ones32(value: number): number {
    return ones(value);
  },

  leading64(value: bigint): bigint {
    const high = Number(asIntN(32, value >> 32n));
    return BigInt(high === 0 ? 32 + Math.clz32(Number(asIntN(32, value))) : Math.clz32(high));
  },

  trailing64(value: bigint): bigint {
    const low = Number(asIntN(32, value));
    return BigInt(low === 0 ? 32 + arithmetic.trailing32(Number(asIntN(32, value >> 32n))) : arithmetic.trailing32(low));
  },

  ones64(value: bigint): bigint {
    return BigInt(ones(Number(asIntN(32, value))) + ones(Number(asIntN(32, value >> 32n))));
  },

  nearest(value: number): number {
    const below = Math.floor(value);
    const rest = value - below;
    const rounded = rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : Math.ceil(value);
    return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
  },

  signedAs(value: number, sign: number): number {
    return sign < 0 || Object.is(sign, -0) ? -Math.abs(value) : Math.abs(value);
  },

  /** Rounded once. */
  singleOf(value: bigint): number {
    const size = value < 0n ? -value : value;
    // Bits that a double would round away only matter as being there.
    const odd = size >> 53n === 0n ? value : (value & ~0x7ffn) | ((value & 0x7ffn) === 0n ? 0n : 0x400n);
    return Math.fround(Number(odd));
  },

  signed32(value: number): number {
    return truncated(value, -(2 ** 31), 2 ** 31) | 0;
  },

  unsigned32(value: number): number {
    return truncated(value, 0, 2 ** 32) | 0;
  },

  signed64(value: number): bigint {
    return BigInt(truncated(value, -(2 ** 63), 2 ** 63));
  },

  unsigned64(value: number): bigint {
    return asIntN(64, BigInt(truncated(value, 0, 2 ** 64)));
  },

  signed32Within(value: number): number {
    return within(value, -(2 ** 31), 2 ** 31 - 1) | 0;
  },

  unsigned32Within(value: number): number {
    return within(value, 0, 2 ** 32 - 1) | 0;
  },

  signed64Within(value: number): bigint {
    return value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(within(value, -(2 ** 63), 2 ** 63));
  },

  unsigned64Within(value: number): bigint {
    return value >= 2 ** 64 ? -1n : asIntN(64, BigInt(within(value, 0, 2 ** 64)));
  },

  bitsOfSingle(value: number): number {
    scratch.setFloat32(0, value);
    return scratch.getInt32(0);
  },

  bitsOfDouble(value: number): bigint {
    scratch.setFloat64(0, value);
    return scratch.getBigInt64(0);
  },

  singleOfBits(value: number): number {
    scratch.setInt32(0, value);
    return scratch.getFloat32(0);
  },

  doubleOfBits(value: bigint): number {
    scratch.setBigInt64(0, value);
    return scratch.getFloat64(0);
  },
};
