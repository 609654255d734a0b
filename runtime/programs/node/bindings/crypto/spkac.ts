/** `Certificate`: SPKAC, the signed public keys that Netscape's `<keygen>` sent. */
import type { Untyped } from '../../realm.ts';
import { bytesOf, type CryptoRealm } from './crypto-realm.ts';
import { DerError, expect, readBits, readDer, readOid, readSequence, type DerNode } from './der.ts';
import { findDigest } from './digests.ts';
import { keyConstants } from './key-constants.ts';
import { parseKey } from './key-formats.ts';
import { pemText } from './pem.ts';
import { rsaPadding, rsaVerify } from './rsa.ts';

const ia5String = 0x16;

const signatureDigests: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'md5',
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

interface Spkac {
  readonly signed: DerNode;
  readonly publicKey: DerNode;
  readonly challenge: Uint8Array;
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

/** Undefined for what is none. */
function readSpkac(crypto: CryptoRealm, data: Untyped): Spkac | undefined {
  try {
    const text: string = crypto.buffer(bytesOf(data)).toString('latin1').trim();
    const [signed, algorithm, signature] = readSequence(readDer(bytesOf(crypto.Buffer.from(text, 'base64'))));
    const [publicKey, challenge] = readSequence(signed);
    return {
      signed: signed!,
      publicKey: publicKey!,
      challenge: expect(challenge, ia5String).content,
      algorithm: readOid(readSequence(algorithm)[0]),
      signature: readBits(signature),
    };
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

export function makeSpkac(crypto: CryptoRealm): Untyped {
  return {
    certVerifySpkac(data: Untyped): boolean | string {
      if (bytesOf(data).length === 0) return '';
      const found = readSpkac(crypto, data);
      const digest = findDigest(signatureDigests[found?.algorithm ?? '']);
      if (found === undefined || digest === undefined) return false;
      const { kKeyFormatDER, kKeyEncodingSPKI } = keyConstants;
      const key = parseKey(crypto, 'public', found.publicKey.whole, kKeyFormatDER, kKeyEncodingSPKI);
      if (!('n' in key)) return false;
      const options = { digest, padding: rsaPadding.pkcs1, saltLength: undefined };
      return rsaVerify(crypto, key, digest.hash(found.signed.whole), found.signature, options);
    },
    certExportPublicKey(data: Untyped): Untyped {
      const found = readSpkac(crypto, data);
      return found === undefined ? '' : crypto.Buffer.from(pemText(crypto, 'PUBLIC KEY', found.publicKey.whole));
    },
    certExportChallenge(data: Untyped): Untyped {
      const found = readSpkac(crypto, data);
      return found === undefined ? '' : crypto.buffer(found.challenge.slice());
    },
  };
}
