/**
 * The primes of RFC 2409 and RFC 3526. All are 2ⁿ − 2ⁿ⁻⁶⁴ − 1 + 2⁶⁴ · (⌊2ⁿ⁻¹³⁰ π⌋ + k), which is shorter than their 5 kB of
 * digits.
 */
const groups: Readonly<Record<string, readonly [bits: number, k: bigint]>> = {
  modp1: [768, 149686n],
  modp2: [1024, 129093n],
  modp5: [1536, 741804n],
  modp14: [2048, 124476n],
  modp15: [3072, 1690314n],
  modp16: [4096, 240904n],
  modp17: [6144, 929484n],
  modp18: [8192, 4743158n],
};

/** ⌊2ᵇⁱᵗˢ π⌋ by Machin's formula, with bits to spare. */
function scaledPi(bits: number): bigint {
  const spare = 64n;
  const one = 1n << (BigInt(bits) + spare);
  const arctangent = (inverse: bigint) => {
    let [sum, term, sign] = [0n, one / inverse, 1n];
    for (let odd = 1n; term !== 0n; odd += 2n, term /= inverse * inverse, sign = -sign) sum += (sign * term) / odd;
    return sum;
  };
  return (4n * (4n * arctangent(5n) - arctangent(239n))) >> spare;
}

const primes = new Map<string, bigint>();

export function modpGroup(name: string): bigint | undefined {
  const key = name.toLowerCase();
  const known = primes.get(key);
  if (known !== undefined || !Object.hasOwn(groups, key)) return known;
  const [bits, k] = groups[key]!;
  const n = BigInt(bits);
  const prime = (1n << n) - (1n << (n - 64n)) - 1n + (1n << 64n) * (scaledPi(bits - 130) + k);
  primes.set(key, prime);
  return prime;
}
