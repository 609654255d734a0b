/**
 * What of @noble takes long as soon as it is evaluated: elliptic curves, whose constants are computed, and AES, whose tables have a million
 * entries. Both took twice as long as all else of `crypto`, which most programs load for a hash. Scripts of their own, evaluated at first use;
 * so are the post-quantum algorithms, which hardly any program uses.
 */
import type { NodeRealm, Untyped } from '../../realm.ts';
import { lazyBinding } from '../lazy.ts';
import type { PostQuantumName } from './asymmetric-key.ts';
import type { makeNobleAes } from './noble-aes.ts';

const openCurves = lazyBinding('crypto-curves');
const openAes = lazyBinding('crypto-aes');
const openPostQuantum = lazyBinding('crypto-post-quantum');

let realm: NodeRealm | undefined;
let curves: Untyped;
let postQuantum: Untyped;
let aes: ReturnType<typeof makeNobleAes> | undefined;

/** Before all else: this script is evaluated once for each realm. */
export function loadCostlyFrom(owner: NodeRealm): void {
  realm = owner;
}

export function nobleCurve(name: 'p224' | 'p256' | 'p384' | 'p521' | 'secp256k1' | 'ed25519' | 'x25519' | 'ed448' | 'x448'): Untyped {
  curves ??= openCurves(realm!);
  return curves[name];
}

export function noblePostQuantum(name: PostQuantumName): Untyped {
  postQuantum ??= openPostQuantum(realm!);
  return postQuantum[name];
}

export function nobleAes(): ReturnType<typeof makeNobleAes> {
  return (aes ??= openAes(realm!) as unknown as ReturnType<typeof makeNobleAes>);
}
