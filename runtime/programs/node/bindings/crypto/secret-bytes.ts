import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey } from './asymmetric-key.ts';
import { bytesOf } from './crypto-realm.ts';

export interface SecretKey {
  readonly kind: 'secret';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is behind each `KeyObjectHandle`. */
export const keyMaterial = new WeakMap<object, SecretKey | AsymmetricKey>();

/** A secret given as bytes or as a key handle. Never the caller's own memory, which may change while a job waits. */
export function secretBytes(key: Untyped): Uint8Array<ArrayBuffer> {
  const material = keyMaterial.get(key);
  if (material === undefined) return bytesOf(key).slice();
  if (material.kind !== 'secret') throw new TypeError('A secret key is needed');
  return material.bytes;
}
