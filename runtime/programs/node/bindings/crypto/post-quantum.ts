/** ML-DSA, ML-KEM and SLH-DSA: @noble/post-quantum behind one shape, and how their keys are written. */
import type { Untyped } from '../../realm.ts';
import type { PostQuantumKey, PostQuantumName } from './asymmetric-key.ts';
import { noblePostQuantum } from './costly.ts';
import { codedError } from './crypto-errors.ts';
import { DerError, derTags, octets, readDer, readOctets, readSequence, sequence, type DerNode } from './der.ts';

export interface PostQuantumAlgorithm {
  readonly name: PostQuantumName;
  /** JWK's and Web Crypto's. */
  readonly jwk: string;
  readonly oid: string;
  /** OpenSSL's number for it. */
  readonly nid: number;
  /** Bytes. */
  readonly publicSize: number;
  readonly secretSize: number;
  /** Bytes of what the keys are made of, where they are kept with it; SLH-DSA's are not. */
  readonly seedSize?: number;
  readonly noble: Untyped;
}

const algorithm = (
  jwk: string,
  oid: string,
  nid: number,
  [publicSize, secretSize, seedSize]: readonly [number, number, number?],
): PostQuantumAlgorithm => {
  const name = jwk.toLowerCase() as PostQuantumName;
  return {
    name,
    jwk,
    oid: `2.16.840.1.101.3.4.${oid}`,
    nid,
    publicSize,
    secretSize,
    ...(seedSize === undefined ? {} : { seedSize }),
    get noble() {
      return noblePostQuantum(name);
    },
  };
};

const slhSizes = { 128: [32, 64], 192: [48, 96], 256: [64, 128] } as const;

export const postQuantum: readonly PostQuantumAlgorithm[] = [
  algorithm('ML-KEM-512', '4.1', 1454, [800, 1632, 64]),
  algorithm('ML-KEM-768', '4.2', 1455, [1184, 2400, 64]),
  algorithm('ML-KEM-1024', '4.3', 1456, [1568, 3168, 64]),
  algorithm('ML-DSA-44', '3.17', 1457, [1312, 2560, 32]),
  algorithm('ML-DSA-65', '3.18', 1458, [1952, 4032, 32]),
  algorithm('ML-DSA-87', '3.19', 1459, [2592, 4896, 32]),
  ...(['SHA2', 'SHAKE'] as const).flatMap((hash, row) =>
    ([128, 192, 256] as const).flatMap((strength, column) =>
      (['s', 'f'] as const).map((speed, index) => {
        const at = 6 * row + 2 * column + index;
        return algorithm(`SLH-DSA-${hash}-${strength}${speed}`, `3.${20 + at}`, 1460 + at, slhSizes[strength]);
      }),
    ),
  ),
];

/** `EVP_PKEY_ML_DSA_44` and so on: what is not defined Node reads as "no such algorithm". */
export const postQuantumConstants = Object.fromEntries(
  postQuantum.map(({ name, nid }) => [`EVP_PKEY_${name.toUpperCase().replaceAll('-', '_')}`, nid]),
);

export function postQuantumNamed(name: string): PostQuantumAlgorithm | undefined {
  return postQuantum.find((each) => each.name === name);
}

export function isPostQuantum(key: { readonly algorithm: string }): key is PostQuantumKey {
  return postQuantumNamed(key.algorithm) !== undefined;
}

export const isLatticeName = (name: string): boolean => name.startsWith('ml-');

function seedOf(of: PostQuantumAlgorithm, seed: Uint8Array<ArrayBuffer>): PostQuantumKey {
  if (seed.length !== of.seedSize) throw new DerError('bad key');
  const { publicKey, secretKey } = of.noble.keygen(seed);
  return { kind: 'private', algorithm: of.name, point: publicKey, secret: secretKey, seed };
}

/** From the secret key alone, which does not tell its seed. */
function expandedOf(of: PostQuantumAlgorithm, secret: Uint8Array<ArrayBuffer>): PostQuantumKey {
  if (secret.length !== of.secretSize) throw new DerError('bad key');
  return { kind: 'private', algorithm: of.name, point: of.noble.getPublicKey(secret).slice(), secret };
}

/** @param drawn Bytes for the seed that is drawn, by their number. */
export function generatePostQuantum(of: PostQuantumAlgorithm, drawn: (length: number) => Uint8Array<ArrayBuffer>): PostQuantumKey {
  if (of.seedSize !== undefined) return seedOf(of, drawn(of.seedSize));
  const { publicKey, secretKey } = of.noble.keygen();
  return { kind: 'private', algorithm: of.name, point: publicKey, secret: secretKey };
}

export function postQuantumPublic(of: PostQuantumAlgorithm, point: Uint8Array<ArrayBuffer>): PostQuantumKey {
  if (point.length !== of.publicSize) throw new DerError('bad key');
  return { kind: 'public', algorithm: of.name, point };
}

/** What is in the octets of PKCS#8: of the lattice schemes a seed, a secret key, or both; of SLH-DSA the bare secret key. */
export function readPostQuantum(of: PostQuantumAlgorithm, inner: Uint8Array<ArrayBuffer>): PostQuantumKey {
  if (of.seedSize === undefined) return expandedOf(of, inner);
  const node: DerNode = readDer(inner);
  // [0] in the place of the octets' own tag.
  if (node.tag === 0x80) return seedOf(of, node.content.slice());
  if (node.tag === derTags.octetString) return expandedOf(of, readOctets(node));
  const [seed, secret] = readSequence(node);
  readOctets(secret);
  return seedOf(of, readOctets(seed));
}

export function writePostQuantum(key: PostQuantumKey): Uint8Array {
  const secret = key.secret!;
  if (!isLatticeName(key.algorithm)) return secret;
  return key.seed === undefined ? octets(secret) : sequence(octets(key.seed), octets(secret));
}

export type RawForm = 'raw-public' | 'raw-private' | 'raw-seed';

export function incompatibleEncoding(): Error {
  return codedError(Error, 'ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS', 'The selected key encoding is incompatible with the key type');
}

export function rawPostQuantum(of: PostQuantumAlgorithm, form: RawForm, bytes: Uint8Array<ArrayBuffer>): PostQuantumKey {
  if (form === 'raw-public') return postQuantumPublic(of, bytes);
  if ((form === 'raw-seed') !== (of.seedSize !== undefined)) throw incompatibleEncoding();
  return form === 'raw-seed' ? seedOf(of, bytes) : expandedOf(of, bytes);
}

/** The member `priv` of its JWK. */
export function jwkSecret(key: PostQuantumKey): Uint8Array {
  if (!isLatticeName(key.algorithm)) return key.secret!;
  if (key.seed === undefined) throw codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'key does not have an available seed');
  return key.seed;
}

export function fromJwkSecret(of: PostQuantumAlgorithm, secret: Uint8Array<ArrayBuffer>): PostQuantumKey {
  return of.seedSize === undefined ? expandedOf(of, secret) : seedOf(of, secret);
}
