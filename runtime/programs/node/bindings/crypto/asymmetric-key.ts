/** Public and private keys, as the binding holds them. */
import type { Curve } from './curves.ts';

export interface RsaKey {
  readonly kind: 'public' | 'private';
  readonly algorithm: 'rsa' | 'rsa-pss';
  readonly n: bigint;
  readonly e: bigint;
  readonly secret?: RsaSecret;
  /** What an `rsa-pss` key restricts itself to. */
  readonly pss?: { readonly hash: string; readonly mgf1Hash: string; readonly saltLength: number };
}

export interface RsaSecret {
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

export interface EcKey {
  readonly kind: 'public' | 'private';
  readonly algorithm: 'ec';
  readonly curve: Curve;
  /** Uncompressed. */
  readonly point: Uint8Array<ArrayBuffer>;
  readonly secret?: Uint8Array<ArrayBuffer>;
  /** DER of the curve's parameters, where the key came with these in the place of the curve's name: it is written so again. */
  readonly parameters?: Uint8Array<ArrayBuffer>;
}

export type CfrgName = 'ed25519' | 'ed448' | 'x25519' | 'x448';

export interface CfrgKey {
  readonly kind: 'public' | 'private';
  readonly algorithm: CfrgName;
  readonly point: Uint8Array<ArrayBuffer>;
  readonly secret?: Uint8Array<ArrayBuffer>;
}

export interface DhKey {
  readonly kind: 'public' | 'private';
  readonly algorithm: 'dh';
  readonly p: bigint;
  readonly g: bigint;
  readonly y: bigint;
  readonly secret?: bigint;
}

export interface DsaKey {
  readonly kind: 'public' | 'private';
  readonly algorithm: 'dsa';
  readonly p: bigint;
  readonly q: bigint;
  readonly g: bigint;
  readonly y: bigint;
  readonly secret?: bigint;
}

type SlhDsaName = `slh-dsa-${'sha2' | 'shake'}-${128 | 192 | 256}${'f' | 's'}`;
export type PostQuantumName = `ml-dsa-${44 | 65 | 87}` | `ml-kem-${512 | 768 | 1024}` | SlhDsaName;

export interface PostQuantumKey {
  readonly kind: 'public' | 'private';
  readonly algorithm: PostQuantumName;
  readonly point: Uint8Array<ArrayBuffer>;
  readonly secret?: Uint8Array<ArrayBuffer>;
  /** What both were made of, where it is known. */
  readonly seed?: Uint8Array<ArrayBuffer>;
}

export type AsymmetricKey = RsaKey | EcKey | CfrgKey | DhKey | DsaKey | PostQuantumKey;
export type AsymmetricAlgorithm = AsymmetricKey['algorithm'];

export type KeyKind = AsymmetricKey['kind'];

/** The key without what is secret. */
export function publicOf(key: AsymmetricKey): AsymmetricKey {
  if (key.kind === 'public') return key;
  const { secret: _secret, seed: _seed, ...rest } = key as PostQuantumKey;
  return { ...rest, kind: 'public' } as AsymmetricKey;
}
