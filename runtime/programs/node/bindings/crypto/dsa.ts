/** DSA: domain parameters, keys and signatures (FIPS 186-4), without the curves of its successor. */
import type { DsaKey } from './asymmetric-key.ts';
import { codedError, openSslError } from './crypto-errors.ts';
import { bytesToBigint, type CryptoRealm } from './crypto-realm.ts';
import type { Work } from './jobs.ts';
import { bitLength, modInverse, modPow } from './modular.ts';
import { generatePrime, isProbablePrime } from './random.ts';

/** Bits of q where the program names none: OpenSSL's. */
const usualDivisorBits = 224;

const plainError = (message: string) => new Error(message);

function* parameters(crypto: CryptoRealm, modulusBits: number, divisorBits: number): Work<Pick<DsaKey, 'p' | 'q' | 'g'>> {
  for (;;) {
    const q = yield* generatePrime(crypto, { bits: divisorBits });
    const step = 2n * q;
    const low = 1n << BigInt(modulusBits - 1);
    for (let tries = 0; tries < 4 * modulusBits; tries++) {
      yield;
      const drawn = low + (bytesToBigint(crypto.random(Math.ceil(modulusBits / 8) + 8)) % low);
      const p = drawn - (drawn % step) + 1n;
      if (bitLength(p) !== modulusBits || !(yield* isProbablePrime(crypto, p, 8))) continue;
      for (let base = 2n; ; base++) {
        const g = modPow(base, (p - 1n) / q, p);
        if (g > 1n) return { p, q, g };
      }
    }
  }
}

/** @param divisorBits -1 for the usual. */
export function* generateDsa(crypto: CryptoRealm, modulusBits: number, divisorBits: number): Work<DsaKey> {
  const wanted = divisorBits === -1 ? usualDivisorBits : divisorBits;
  if (modulusBits < 512 || ![160, 224, 256].includes(wanted)) {
    throw plainError('error:030000E9:digital envelope routines::provider keymgmt failure');
  }
  if (modulusBits < 1024) throw plainError('error:05000072:dsa routines::bad ffc parameters');
  const { p, q, g } = yield* parameters(crypto, modulusBits < 2048 ? 64 * Math.ceil(modulusBits / 64) : modulusBits, wanted);
  const secret = randomBelow(crypto, q);
  return { kind: 'private', algorithm: 'dsa', p, q, g, y: modPow(g, secret, p), secret };
}

/** From 1 to `order` - 1. */
function randomBelow(crypto: CryptoRealm, order: bigint): bigint {
  return 1n + (bytesToBigint(crypto.random(Math.ceil(bitLength(order) / 8) + 8)) % (order - 1n));
}

/** As many of the leftmost bits as q has. */
function messageNumber(hash: Uint8Array, q: bigint): bigint {
  const surplus = 8 * hash.length - bitLength(q);
  const value = bytesToBigint(hash);
  return surplus > 0 ? value >> BigInt(surplus) : value;
}

export function dsaSign(crypto: CryptoRealm, { p, q, g, secret }: DsaKey, hash: Uint8Array): readonly [r: bigint, s: bigint] {
  if (secret === undefined) throw openSslError('operationNotSupported');
  const message = messageNumber(hash, q);
  for (;;) {
    const k = randomBelow(crypto, q);
    const r = modPow(g, k, p) % q;
    const s = (modInverse(k, q)! * (message + secret * r)) % q;
    if (r !== 0n && s !== 0n) return [r, s];
  }
}

export function dsaVerify({ p, q, g, y }: DsaKey, hash: Uint8Array, r: bigint, s: bigint): boolean {
  if (r <= 0n || r >= q || s <= 0n || s >= q) return false;
  const w = modInverse(s, q);
  if (w === undefined) return false;
  const first = modPow(g, (messageNumber(hash, q) * w) % q, p);
  const second = modPow(y, (r * w) % q, p);
  return ((first * second) % p) % q === r;
}

/** Bytes of one of the two numbers of a signature in the form of IEEE P1363. */
export const dsaHalf = ({ q }: DsaKey): number => Math.ceil(bitLength(q) / 8);

export const dsaDetails = ({ p, q }: DsaKey): object => ({ modulusLength: bitLength(p), divisorLength: bitLength(q) });

export const noJwk = () => codedError(Error, 'ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE', 'Unsupported JWK Key Type.');
