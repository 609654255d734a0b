/** Ed25519, Ed448, X25519 and X448: @noble/curves behind one shape. */
import type { Untyped } from '../../realm.ts';
import type { CfrgName } from './asymmetric-key.ts';
import { nobleCurve } from './costly.ts';

interface CfrgCurve {
  readonly name: CfrgName;
  readonly jwk: string;
  readonly oid: string;
  readonly nid: number;
  /** Bytes of either key. */
  readonly size: number;
  readonly noble: Untyped;
}

const curve = (name: CfrgName, jwk: string, oid: string, nid: number, size: number): CfrgCurve => ({
  name,
  jwk,
  oid,
  nid,
  size,
  get noble() {
    return nobleCurve(name);
  },
});

export const cfrgCurves: readonly CfrgCurve[] = [
  curve('ed25519', 'Ed25519', '1.3.101.112', 1087, 32),
  curve('ed448', 'Ed448', '1.3.101.113', 1088, 57),
  curve('x25519', 'X25519', '1.3.101.110', 1034, 32),
  curve('x448', 'X448', '1.3.101.111', 1035, 56),
];

export function cfrgCurve(name: CfrgName): CfrgCurve {
  return cfrgCurves.find((each) => each.name === name)!;
}
