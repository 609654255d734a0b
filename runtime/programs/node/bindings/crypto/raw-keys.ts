/** Keys as nothing but their bytes. */
import type { AsymmetricKey, KeyKind, CfrgName } from './asymmetric-key.ts';
import { cfrgCurve, cfrgCurves } from './cfrg.ts';
import { codedError } from './crypto-errors.ts';
import { cfrgPrivate, curveNamed, ecFromSecret, ecPublic } from './curve-keys.ts';
import { DerError } from './der.ts';
import { incompatibleEncoding, postQuantumNamed, rawPostQuantum, type RawForm } from './post-quantum.ts';

function cfrgNamed(name: string): CfrgName | undefined {
  return cfrgCurves.find((each) => each.name === name.toLowerCase())?.name;
}

const badKeyData = () => codedError(TypeError, 'ERR_INVALID_ARG_VALUE', 'Invalid key data');

export function rawPublic(type: string, bytes: Uint8Array<ArrayBuffer>, namedCurve: string | undefined): AsymmetricKey {
  try {
    if (type.toLowerCase() === 'ec') return ecPublic(curveNamed(namedCurve), bytes);
    const algorithm = cfrgNamed(type);
    if (algorithm === undefined) return rawOther(type, 'raw-public', bytes);
    if (bytes.length !== cfrgCurve(algorithm).size) throw badKeyData();
    return { kind: 'public', algorithm, point: bytes };
  } catch (error) {
    throw error instanceof DerError ? badKeyData() : error;
  }
}

export function rawPrivate(type: string, bytes: Uint8Array<ArrayBuffer>, namedCurve: string | undefined): AsymmetricKey {
  try {
    if (type.toLowerCase() === 'ec') return ecFromSecret(curveNamed(namedCurve), bytes);
    const algorithm = cfrgNamed(type);
    if (algorithm === undefined) return rawOther(type, 'raw-private', bytes);
    return cfrgPrivate(algorithm, bytes);
  } catch (error) {
    throw error instanceof DerError ? badKeyData() : error;
  }
}

export function rawSeed(type: string, bytes: Uint8Array<ArrayBuffer>): AsymmetricKey {
  try {
    return rawOther(type, 'raw-seed', bytes);
  } catch (error) {
    throw error instanceof DerError ? badKeyData() : error;
  }
}

/** Keys of the kinds that have no curve. */
function rawOther(type: string, form: RawForm, bytes: Uint8Array<ArrayBuffer>): AsymmetricKey {
  // Web Crypto's names are in capitals.
  const found = postQuantumNamed(type.toLowerCase());
  if (found === undefined) throw incompatibleEncoding();
  return rawPostQuantum(found, form, bytes);
}

/** The bytes that a raw format has for the key. */
export function rawKey(key: AsymmetricKey, kind: KeyKind): Uint8Array {
  if ('point' in key && key.algorithm !== 'ec' && !(kind === 'private' && key.algorithm.startsWith('ml-'))) {
    const bytes = kind === 'public' ? key.point : key.secret;
    if (bytes !== undefined) return bytes;
  }
  throw incompatibleEncoding();
}
