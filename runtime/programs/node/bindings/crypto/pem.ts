/** PEM text, and the encrypted PKCS#8 inside some of it (PBES2 with PBKDF2 and AES-CBC). */
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import type { Untyped } from '../../realm.ts';
import { AesBlockMode } from './aes-modes.ts';
import { cipherNamed } from './ciphers.ts';
import { codedError, unavailable } from './crypto-errors.ts';
import { concatBytes, type CryptoRealm } from './crypto-realm.ts';
import { integer, nothing, octets, oid, readDer, readInteger, readOctets, readOid, readSequence, sequence, derTags } from './der.ts';
import { findDigest } from './digests.ts';

export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
  readonly headers: readonly string[];
}

export function readPem(crypto: CryptoRealm, text: string): PemBlock | undefined {
  const all = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/g);
  // As `openssl ecparam -genkey` writes them, before the key, which tells its curve again.
  const found = all.find(([, label]) => label !== 'EC PARAMETERS');
  if (found === undefined) return undefined;
  const lines = found[2]!.split(/\r?\n/);
  const headers: string[] = [];
  while (lines.length > 0 && /^[\w-]+:/.test(lines[0]!)) headers.push(lines.shift()!);
  const body = lines.join('').replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return undefined;
  return { label: found[1]!, bytes: new Uint8Array(crypto.Buffer.from(body, 'base64')), headers };
}

export function pemText(crypto: CryptoRealm, label: string, bytes: Uint8Array, headers = ''): string {
  const body: string = crypto.buffer(bytes).toString('base64');
  return `-----BEGIN ${label}-----\n${headers}${body.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}

const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2Oid = '1.2.840.113549.1.5.12';
const hmacs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};
const cbcOids: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.1.2': 16,
  '2.16.840.1.101.3.4.1.22': 24,
  '2.16.840.1.101.3.4.1.42': 32,
};

export function needPassphrase(passphrase: Uint8Array | undefined): Uint8Array {
  if (passphrase === undefined) throw codedError(TypeError, 'ERR_MISSING_PASSPHRASE', 'Passphrase required for encrypted key');
  return passphrase;
}

/** PKCS#8 out of `EncryptedPrivateKeyInfo`. */
export function decryptPkcs8(bytes: Uint8Array, passphrase: Uint8Array | undefined): Uint8Array {
  const [algorithm, data] = readSequence(readDer(bytes));
  const [scheme, parameters] = readSequence(algorithm);
  if (readOid(scheme) !== pbes2) throw unavailable('This encryption of private keys');
  const [derivation, encryption] = readSequence(parameters);
  const [derivationOid, derivationParameters] = readSequence(derivation);
  const [cipherOid, iv] = readSequence(encryption);
  const keyLength = cbcOids[readOid(cipherOid)];
  if (readOid(derivationOid) !== pbkdf2Oid || keyLength === undefined) throw unavailable('This encryption of private keys');
  const [salt, iterations, ...rest] = readSequence(derivationParameters);
  const hmacNode = rest.find((node) => node.tag === derTags.sequence);
  const digest = findDigest(hmacNode === undefined ? 'sha1' : hmacs[readOid(readSequence(hmacNode)[0])]);
  if (digest === undefined) throw unavailable('This encryption of private keys');
  const key = pbkdf2(digest.noble, needPassphrase(passphrase), readOctets(salt), { c: Number(readInteger(iterations)), dkLen: keyLength });
  const mode = new AesBlockMode(key, readOctets(iv), false);
  return concatBytes(mode.update(readOctets(data)), mode.final());
}

export function encryptPkcs8(crypto: CryptoRealm, bytes: Uint8Array, cipher: string, passphrase: Uint8Array): Uint8Array {
  const bitsOfKey = /^aes-?(128|192|256)(?:-cbc)?$/i.exec(cipher)?.[1];
  cipherNamed(cipher);
  if (bitsOfKey === undefined) throw unavailable(`Encrypting a private key with "${cipher}"`);
  const keyLength = Number(bitsOfKey) / 8;
  const [salt, iv, iterations] = [crypto.random(16), crypto.random(16), 2048];
  const key = pbkdf2(findDigest('sha256')!.noble as Untyped, passphrase, salt, { c: iterations, dkLen: keyLength });
  const mode = new AesBlockMode(key, iv, true);
  const cipherOid = Object.keys(cbcOids).find((each) => cbcOids[each] === keyLength)!;
  return sequence(
    sequence(
      oid(pbes2),
      sequence(
        sequence(oid(pbkdf2Oid), sequence(octets(salt), integer(iterations), sequence(oid('1.2.840.113549.2.9'), nothing()))),
        sequence(oid(cipherOid), octets(iv)),
      ),
    ),
    octets(concatBytes(mode.update(bytes), mode.final())),
  );
}
