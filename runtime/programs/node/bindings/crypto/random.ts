/** Random bytes and primes. */
import type { Untyped } from '../../realm.ts';
import { codedError, openSslError } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, bytesToBigint, equalBytes, type CryptoRealm } from './crypto-realm.ts';
import { jobClass, type Work } from './jobs.ts';
import { modPow } from './modular.ts';

/** OpenSSL's numbers end below 2²⁹ bits. */
const maxCandidateBytes = 2 ** 26 - 1;
let oddPrimes: number[] | undefined;

/** They sieve out most candidates before a costly round. */
function smallPrimes(): readonly number[] {
  if (oddPrimes !== undefined) return oddPrimes;
  const primes: number[] = [];
  for (let n = 3; n < 2000; n += 2) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return (oddPrimes = primes);
}

/** Miller-Rabin with random bases. As many rounds as OpenSSL takes for the size unless `checks` says otherwise. */
export function* isProbablePrime(crypto: CryptoRealm, n: bigint, checks = 0): Work<boolean> {
  if (n < 2n) return false;
  if (n % 2n === 0n) return n === 2n;
  const wide = n > 4_000_000n;
  for (const prime of smallPrimes()) {
    const small = BigInt(prime);
    if (n % small === 0n) return n === small;
    if (!wide && small * small > n) return true;
  }
  let odd = n - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos++;
  }
  const bits = n.toString(2).length;
  const rounds = checks > 0 ? checks : bits > 2048 ? 128 : 64;
  for (let round = 0; round < rounds; round++) {
    const base = 2n + (bytesToBigint(crypto.random(Math.ceil(bits / 8) + 8)) % (n - 3n));
    let x = modPow(base, odd, n);
    yield;
    if (x === 1n || x === n - 1n) continue;
    let witness = true;
    for (let i = 1; i < twos && witness; i++) {
      x = (x * x) % n;
      if (x === n - 1n) witness = false;
    }
    if (witness) return false;
  }
  return true;
}

/** Random of exactly `bits` bits with the top bit (top two, when `topTwo`) and the lowest bit set. */
export function randomOdd(crypto: CryptoRealm, bits: number, topTwo: boolean): bigint {
  let value = bytesToBigint(crypto.random(Math.ceil(bits / 8))) & ((1n << BigInt(bits)) - 1n);
  value |= 1n << BigInt(bits - 1);
  if (topTwo && bits > 1) value |= 1n << BigInt(bits - 2);
  return value | 1n;
}

export interface PrimeOptions {
  readonly bits: number;
  readonly safe?: boolean;
  readonly add?: bigint | undefined;
  readonly rem?: bigint | undefined;
  /** Rounds of Miller-Rabin for the last check; primes that we drew ourselves need few. */
  readonly checks?: number;
  readonly topTwo?: boolean;
}

export function* generatePrime(crypto: CryptoRealm, options: PrimeOptions): Work<bigint> {
  const { bits, safe = false, add, checks = bits >= 512 ? 8 : 32, topTwo = bits > 3 || add === undefined } = options;
  const limit = 1n << BigInt(bits);
  for (;;) {
    let candidate = randomOdd(crypto, bits, topTwo);
    if (add !== undefined) {
      const rem = options.rem ?? (safe ? 3n : 1n);
      candidate = candidate - (candidate % add) + rem;
      if (candidate >= limit) candidate -= add;
      if (candidate < 2n) continue;
    } else if (safe) candidate |= bits > 2 ? 3n : 1n;
    const step = add ?? (safe ? 4n : 2n);
    for (let tries = 0; tries < 4 * bits + 64; tries++, candidate += step) {
      if (candidate >= limit) break;
      if (sieved(candidate) || (safe && sieved(candidate >> 1n))) continue;
      yield;
      if (!(yield* isProbablePrime(crypto, candidate, 1))) continue;
      if (safe && !(yield* isProbablePrime(crypto, candidate >> 1n, checks))) continue;
      if (yield* isProbablePrime(crypto, candidate, checks)) return candidate;
    }
  }
}

function sieved(n: bigint): boolean {
  if (n < 4_000_000n) return false;
  const primes = smallPrimes();
  for (let i = 0; i < primes.length;) {
    // Several primes at once: one long division, then small ones.
    let product = 1;
    const from = i;
    while (i < primes.length && product * primes[i]! < 2 ** 48) product *= primes[i++]!;
    const rest = Number(n % BigInt(product));
    for (let k = from; k < i; k++) if (rest % primes[k]! === 0) return true;
  }
  return false;
}

export function makeRandom(crypto: CryptoRealm): Untyped {
  const { realm } = crypto;
  return {
    RandomBytesJob: jobClass(crypto, 'RandomBytesJob', (_mode, into: Untyped, offset: number, size: number) => {
      const bytes = bytesOf(into).subarray(offset, offset + size);
      return () => {
        realm.platform.randomFill(bytes);
        return undefined;
      };
    }),
    RandomPrimeJob: jobClass(crypto, 'RandomPrimeJob', (_mode, bits: number, safe: boolean, addBytes: Untyped, remBytes: Untyped) => {
      const add = addBytes === undefined ? undefined : bytesToBigint(bytesOf(addBytes));
      const rem = remBytes === undefined ? undefined : bytesToBigint(bytesOf(remBytes));
      if (add !== undefined) {
        if (add.toString(2).length > bits || add === 0n) throw codedError(RangeError, 'ERR_OUT_OF_RANGE', 'invalid options.add');
        if (rem !== undefined && add <= rem) throw codedError(RangeError, 'ERR_OUT_OF_RANGE', 'invalid options.rem');
      }
      // With both top bits set there are no safe primes of two, four and five bits.
      if (bits < 2 || (safe && bits < (add === undefined ? 6 : 3) && bits !== 3))
        throw codedError(RangeError, 'ERR_OUT_OF_RANGE', 'bits too small');
      return function* (): Work<ArrayBuffer> {
        const prime = yield* generatePrime(crypto, { bits, safe, add, rem });
        return bigintToBytes(prime, Math.ceil(bits / 8)).buffer;
      };
    }),
    CheckPrimeJob: jobClass(crypto, 'CheckPrimeJob', (_mode, candidate: Untyped, checks: number) => {
      const bytes = bytesOf(candidate);
      if (bytes.length > maxCandidateBytes) throw openSslError('bignumTooLong');
      const value = bytesToBigint(bytes);
      return () => isProbablePrime(crypto, value, checks);
    }),
    secureBuffer: (length: number) => new Uint8Array(length),
    secureHeapUsed: () => undefined,
    timingSafeEqual(a: Untyped, b: Untyped): boolean {
      for (const [index, value] of [a, b].entries()) {
        if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
          throw codedError(
            TypeError,
            'ERR_INVALID_ARG_TYPE',
            `The "buf${index + 1}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`,
          );
        }
      }
      const [left, right] = [bytesOf(a), bytesOf(b)];
      if (left.length !== right.length) {
        throw codedError(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
      }
      return equalBytes(left, right);
    },
  };
}
