/** The encryption of PEM text itself, of before PKCS#8: `DEK-Info` names a cipher and its IV, whose start salts the key. */
import { md5 } from '@noble/hashes/legacy.js';
import type { Cipher } from './cipher-table.ts';
import { cipherNamed, openCipher } from './ciphers.ts';
import { openSslError, unavailable } from './crypto-errors.ts';
import { concatBytes, type CryptoRealm } from './crypto-realm.ts';
import { pemText, type PemBlock } from './pem.ts';

const dekInfo = /^DEK-Info: *([\w-]+)(?:,(.*))?$/;

export const isEncryptedPem = (block: PemBlock): boolean => block.headers.some((line) => /^Proc-Type:.*ENCRYPTED/.test(line));

/** `EVP_BytesToKey` of one round of MD5. */
function deriveKey(passphrase: Uint8Array, iv: Uint8Array, length: number): Uint8Array {
  let [key, last]: Uint8Array[] = [new Uint8Array(0), new Uint8Array(0)];
  while (key!.length < length) {
    last = md5(concatBytes(last!, passphrase, iv.subarray(0, 8)));
    key = concatBytes(key!, last);
  }
  return key!.slice(0, length);
}

function crypt(cipher: Cipher, encrypt: boolean, bytes: Uint8Array, passphrase: Uint8Array, iv: Uint8Array): Uint8Array {
  const mode = openCipher(cipher, deriveKey(passphrase, iv, cipher.keyLength), iv, encrypt, 0);
  return concatBytes(mode.update(bytes), mode.final());
}

/** The DER inside. Throws OpenSSL's errors. */
export function decryptPem(crypto: CryptoRealm, block: PemBlock, passphrase: Uint8Array): Uint8Array {
  const [, name, hex = ''] = dekInfo.exec(block.headers.find((line) => line.startsWith('DEK-Info')) ?? '') ?? [];
  if (name === undefined) throw openSslError('notDekInfo');
  const cipher = cipherNamed(name, openSslError('unsupportedPemEncryption'));
  const iv = new Uint8Array(crypto.Buffer.from(hex.trim(), 'hex'));
  if (iv.length !== cipher.ivLength) throw openSslError('badIvChars');
  return crypt(cipher, false, block.bytes, passphrase, iv);
}

export function encryptPem(crypto: CryptoRealm, label: string, bytes: Uint8Array, name: string, passphrase: Uint8Array): string {
  const cipher = cipherNamed(name);
  if (cipher.mode === 'ecb') throw openSslError('unsupportedPemCipher');
  if (!['cbc', 'cfb', 'ctr', 'ofb'].includes(cipher.mode)) throw unavailable(`Encrypting a private key with "${name}"`);
  const iv = crypto.random(cipher.ivLength);
  const info = `DEK-Info: ${cipher.name.toUpperCase()},${(crypto.buffer(iv).toString('hex') as string).toUpperCase()}`;
  return pemText(crypto, label, crypt(cipher, true, bytes, passphrase, iv), `Proc-Type: 4,ENCRYPTED\n${info}\n\n`);
}
