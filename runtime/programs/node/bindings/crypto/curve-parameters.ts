/** Curves as the parameters that describe them (SEC 1, C.2), in the place of their names. */
import type { Curve } from './curves.ts';
import { bits, integer, octets, oid, sequence } from './der.ts';
import { bigintToBytes } from './crypto-realm.ts';

const primeField = '1.2.840.10045.1.1';

/** What the coefficients were drawn from, so that all can see that nobody chose them; OpenSSL writes it, too. secp256k1 has none. */
const seeds: Readonly<Record<string, string>> = {
  secp224r1: 'bd71344799d5c7fcdc45b59fa3b9ab8f6a948bc5',
  prime256v1: 'c49d360886e704936a6678e1139d26b7819f7e90',
  secp384r1: 'a335926aa319a27a1d00896a6773a4827acdac73',
  secp521r1: 'd09e8800291cb85396cc6717393284aaa0da64ba',
};

export function curveParameters({ name, noble, size }: Curve): Uint8Array<ArrayBuffer> {
  const { p, n, h, a, b } = noble.Point.CURVE() as Record<'p' | 'n' | 'h' | 'a' | 'b', bigint>;
  const element = (value: bigint) => octets(bigintToBytes(value, size));
  const seed = seeds[name];
  return sequence(
    integer(1),
    sequence(oid(primeField), integer(p)),
    sequence(element(a), element(b), ...(seed === undefined ? [] : [bits(bigintToBytes(BigInt(`0x${seed}`)))])),
    octets(noble.Point.BASE.toBytes(false)),
    integer(n),
    integer(h),
  );
}
