/** Ed25519, Ed448, X25519 and X448: @noble/curves behind one shape. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { ed448, x448 } from '@noble/curves/ed448.js';
import type { Untyped } from '../../realm.ts';
import type { CfrgName } from './asymmetric-key.ts';

interface CfrgCurve {
  readonly name: CfrgName;
  readonly jwk: string;
  readonly oid: string;
  readonly nid: number;
  /** Bytes of either key. */
  readonly size: number;
  readonly noble: Untyped;
}

export const cfrgCurves: readonly CfrgCurve[] = [
  { name: 'ed25519', jwk: 'Ed25519', oid: '1.3.101.112', nid: 1087, size: 32, noble: ed25519 },
  { name: 'ed448', jwk: 'Ed448', oid: '1.3.101.113', nid: 1088, size: 57, noble: ed448 },
  { name: 'x25519', jwk: 'X25519', oid: '1.3.101.110', nid: 1034, size: 32, noble: x25519 },
  { name: 'x448', jwk: 'X448', oid: '1.3.101.111', nid: 1035, size: 56, noble: x448 },
];

export function cfrgCurve(name: CfrgName): CfrgCurve {
  return cfrgCurves.find((each) => each.name === name)!;
}
