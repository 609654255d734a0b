/** Keys in and out: PKCS#8, SPKI, PKCS#1, SEC 1, PEM, JWK and raw. */
import type { Untyped } from '../../realm.ts';
import type { AsymmetricKey, CfrgKey, CfrgName, DhKey, DsaKey, EcKey, PostQuantumKey, RsaKey } from './asymmetric-key.ts';
import { cfrgCurve, cfrgCurves } from './cfrg.ts';
import { codedError, openSslError, unavailable } from './crypto-errors.ts';
import { bigintToBytes, bytesOf, bytesToBigint, equalBytes, type CryptoRealm } from './crypto-realm.ts';
import { curves, findCurve, missingCurve, type Curve } from './curves.ts';
import {
  bits,
  childrenOf,
  context,
  DerError,
  derTags,
  expect,
  integer,
  nothing,
  octets,
  oid,
  readBits,
  readDer,
  readInteger,
  readOctets,
  readOid,
  readSequence,
  sequence,
  type DerNode,
} from './der.ts';
import { digestByOid, digestOids } from './digest-oids.ts';
import { dsaDetails, noJwk } from './dsa.ts';
import { bitLength, modPow } from './modular.ts';
import { decryptPkcs8, encryptPkcs8, readPem, pemText } from './pem.ts';
import { decryptPem, encryptPem, isEncryptedPem } from './pem-encryption.ts';
import {
  fromJwkSecret,
  incompatibleEncoding,
  isPostQuantum,
  jwkSecret,
  postQuantum,
  postQuantumNamed,
  postQuantumPublic,
  rawPostQuantum,
  readPostQuantum,
  writePostQuantum,
  type RawForm,
} from './post-quantum.ts';
import { keyMaterial, type SecretKey } from './secret-bytes.ts';

export const keyConstants = {
  kKeyTypeSecret: 0,
  kKeyTypePublic: 1,
  kKeyTypePrivate: 2,
  kKeyEncodingPKCS1: 0,
  kKeyEncodingPKCS8: 1,
  kKeyEncodingSPKI: 2,
  kKeyEncodingSEC1: 3,
  kKeyFormatDER: 0,
  kKeyFormatPEM: 1,
  kKeyFormatJWK: 2,
  kKeyFormatRawPublic: 3,
  kKeyFormatRawPrivate: 4,
  kKeyFormatRawSeed: 5,
  kKeyFormatStore: 6,
  kWebCryptoKeyFormatRaw: 0,
  kWebCryptoKeyFormatPKCS8: 1,
  kWebCryptoKeyFormatSPKI: 2,
  kWebCryptoKeyFormatJWK: 3,
} as const;
const formats = keyConstants;

const oids = {
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  ec: '1.2.840.10045.2.1',
  dh: '1.2.840.113549.1.3.1',
  dsa: '1.2.840.10040.4.1',
  primeField: '1.2.840.10045.1.1',
} as const;

type Kind = 'public' | 'private';

export function publicOf(key: AsymmetricKey): AsymmetricKey {
  if (key.kind === 'public') return key;
  const { secret: _secret, seed: _seed, ...rest } = key as PostQuantumKey;
  return { ...rest, kind: 'public' } as AsymmetricKey;
}

/** Arguments as Node's library passes a key around. */
export function parseKey(
  crypto: CryptoRealm,
  kind: Kind,
  data: Untyped,
  format?: number,
  encoding?: number | string,
  passphrase?: Untyped,
  namedCurve?: string,
): AsymmetricKey {
  const material = keyMaterial.get(data);
  if (material !== undefined) {
    if (material.kind === 'secret') throw codedError(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', 'Invalid key object type secret');
    return kind === 'public' ? publicOf(material) : material;
  }
  const secret = passphrase === undefined || passphrase === null ? undefined : bytesOf(passphrase);
  switch (format) {
    case formats.kKeyFormatJWK:
      return importJwk(crypto, kind, data);
    case formats.kKeyFormatRawPublic:
      return rawPublic(String(encoding), bytesOf(data).slice(), namedCurve);
    case formats.kKeyFormatRawPrivate: {
      const key = rawPrivate(String(encoding), bytesOf(data).slice(), namedCurve);
      return kind === 'public' ? publicOf(key) : key;
    }
    case formats.kKeyFormatRawSeed: {
      const key = rawSeed(String(encoding), bytesOf(data).slice());
      return kind === 'public' ? publicOf(key) : key;
    }
    case formats.kKeyFormatStore:
      throw unavailable('A private key from an OpenSSL store');
    case formats.kKeyFormatDER:
      try {
        return fromDer(kind, bytesOf(data), Number(encoding), secret);
      } catch (error) {
        throw error instanceof DerError || error instanceof RangeError ? unreadable(error) : error;
      }
    default:
      return fromPem(crypto, kind, bytesOf(data), secret);
  }
}

function unreadable(error: Error): Error {
  return error.message === 'wrong tag' || error.message === 'too short'
    ? Object.assign(new Error('Failed to read asymmetric key'), {
        opensslErrorStack: ['error:0688010A:asn1 encoding routines::nested asn1 error'],
      })
    : openSslError('unsupported');
}

function fromPem(crypto: CryptoRealm, kind: Kind, bytes: Uint8Array, passphrase: Uint8Array | undefined): AsymmetricKey {
  const block = readPem(crypto, crypto.buffer(bytes).toString('latin1'));
  if (block === undefined) throw openSslError('unsupported');
  const locked = isEncryptedPem(block);
  // OpenSSL would ask a terminal.
  if (passphrase === undefined && (locked || block.label === 'ENCRYPTED PRIVATE KEY')) throw openSslError('interrupted');
  const { kKeyEncodingPKCS1, kKeyEncodingPKCS8, kKeyEncodingSPKI, kKeyEncodingSEC1 } = formats;
  try {
    switch (block.label) {
      case 'PUBLIC KEY':
        if (kind === 'private') break;
        return fromDer('public', block.bytes, kKeyEncodingSPKI, undefined);
      case 'RSA PUBLIC KEY':
        if (kind === 'private') break;
        return fromDer('public', block.bytes, kKeyEncodingPKCS1, undefined);
      case 'CERTIFICATE':
        if (kind === 'private') break;
        return fromCertificate(block.bytes);
      case 'PRIVATE KEY':
      case 'ENCRYPTED PRIVATE KEY': {
        const key = fromDer('private', block.bytes, kKeyEncodingPKCS8, passphrase);
        return kind === 'public' ? publicOf(key) : key;
      }
      case 'DSA PRIVATE KEY': {
        const key = dsaPrivate(readDer(locked ? decryptPem(crypto, block, passphrase!) : block.bytes));
        return kind === 'public' ? publicOf(key) : key;
      }
      case 'RSA PRIVATE KEY':
      case 'EC PRIVATE KEY': {
        const der = locked ? decryptPem(crypto, block, passphrase!) : block.bytes;
        const key = fromDer('private', der, block.label.startsWith('RSA') ? kKeyEncodingPKCS1 : kKeyEncodingSEC1, undefined);
        return kind === 'public' ? publicOf(key) : key;
      }
    }
  } catch (error) {
    throw error instanceof DerError ? openSslError('unsupported') : error;
  }
  throw openSslError('unsupported');
}

function fromDer(kind: Kind, bytes: Uint8Array, encoding: number, passphrase: Uint8Array | undefined): AsymmetricKey {
  const root = readDer(bytes);
  const parts = readSequence(root);
  switch (encoding) {
    case formats.kKeyEncodingSPKI:
      return fromSpki(root);
    case formats.kKeyEncodingPKCS1: {
      if (kind === 'public' && parts.length === 2)
        return { kind: 'public', algorithm: 'rsa', n: readInteger(parts[0]), e: readInteger(parts[1]) };
      const key = rsaPrivate(root, 'rsa');
      return kind === 'public' ? (publicOf(key) as RsaKey) : key;
    }
    case formats.kKeyEncodingSEC1:
      return ecPrivate(root, undefined);
    default: {
      const plain = parts[0]?.tag === derTags.sequence ? readDer(decryptPkcs8(bytes, passphrase)) : root;
      const key = fromPkcs8(plain);
      return kind === 'public' ? publicOf(key) : key;
    }
  }
}

function fromCertificate(bytes: Uint8Array): AsymmetricKey {
  const fields = readSequence(readSequence(readDer(bytes))[0]);
  const hasVersion = fields[0]?.tag === derTags.context;
  return fromSpki(expect(fields[hasVersion ? 6 : 5], derTags.sequence));
}

function fromSpki(root: DerNode): AsymmetricKey {
  const [algorithm, value] = readSequence(root);
  const [id, parameters] = readSequence(algorithm);
  const name = readOid(id);
  const point = readBits(value);
  if (name === oids.rsa || name === oids.rsaPss) {
    const [n, e] = readSequence(readDer(point));
    return { kind: 'public', ...rsaAlgorithm(name, parameters), n: readInteger(n), e: readInteger(e) };
  }
  if (name === oids.ec) return { ...ecPublic(curveOf(parameters), point), ...explicitParameters(parameters) };
  if (name === oids.dh) {
    const [p, g] = readSequence(parameters);
    return { kind: 'public', algorithm: 'dh', p: readInteger(p), g: readInteger(g), y: readInteger(readDer(point)) };
  }
  if (name === oids.dsa) return { kind: 'public', ...dsaParameters(parameters), y: readInteger(readDer(point)) };
  const lattice = postQuantum.find((each) => each.oid === name);
  if (lattice !== undefined) return postQuantumPublic(lattice, point);
  const curve = cfrgCurves.find((each) => each.oid === name);
  if (curve === undefined) throw unavailable(`A key of the algorithm ${name}`);
  if (point.length !== curve.size) throw new DerError('bad key');
  return { kind: 'public', algorithm: curve.name, point };
}

function fromPkcs8(root: DerNode): AsymmetricKey {
  const [version, algorithm, value] = readSequence(root);
  readInteger(version);
  const [id, parameters] = readSequence(algorithm);
  const name = readOid(id);
  const inner = readOctets(value);
  if (name === oids.rsa || name === oids.rsaPss) {
    return { ...rsaPrivate(readDer(inner), 'rsa'), ...rsaAlgorithm(name, parameters) };
  }
  if (name === oids.ec) return ecPrivate(readDer(inner), parameters);
  if (name === oids.dh) {
    const [p, g] = readSequence(parameters).map((node) => readInteger(node)) as [bigint, bigint];
    const secret = readInteger(readDer(inner));
    return { kind: 'private', algorithm: 'dh', p, g, y: modPow(g, secret, p), secret };
  }
  if (name === oids.dsa) {
    const domain = dsaParameters(parameters);
    const secret = readInteger(readDer(inner));
    return { kind: 'private', ...domain, y: modPow(domain.g, secret, domain.p), secret };
  }
  const lattice = postQuantum.find((each) => each.oid === name);
  if (lattice !== undefined) return readPostQuantum(lattice, inner);
  const curve = cfrgCurves.find((each) => each.oid === name);
  if (curve === undefined) throw unavailable(`A key of the algorithm ${name}`);
  return cfrgPrivate(curve.name, readOctets(readDer(inner)));
}

function dsaParameters(parameters: DerNode | undefined): Pick<DsaKey, 'algorithm' | 'p' | 'q' | 'g'> {
  const [p, q, g] = readSequence(parameters);
  return { algorithm: 'dsa', p: readInteger(p), q: readInteger(q), g: readInteger(g) };
}

/** OpenSSL's own form. */
function dsaPrivate(root: DerNode): DsaKey {
  const [, p, q, g, y, secret] = readSequence(root).map((node) => readInteger(node));
  if (secret === undefined) throw new DerError('wrong tag');
  return { kind: 'private', algorithm: 'dsa', p: p!, q: q!, g: g!, y: y!, secret };
}

function rsaAlgorithm(name: string, parameters: DerNode | undefined): Pick<RsaKey, 'algorithm' | 'pss'> {
  if (name === oids.rsa) return { algorithm: 'rsa' };
  if (parameters === undefined || parameters.tag === derTags.null) return { algorithm: 'rsa-pss' };
  let [hash, mgf1Hash, saltLength] = ['sha1', 'sha1', 20];
  for (const field of readSequence(parameters)) {
    const [inner] = childrenOf(field);
    if (field.tag === derTags.context) hash = digestByOid(readOid(readSequence(inner)[0])) ?? hash;
    else if (field.tag === derTags.context + 1) mgf1Hash = digestByOid(readOid(readSequence(readSequence(inner)[1])[0])) ?? mgf1Hash;
    else if (field.tag === derTags.context + 2) saltLength = Number(readInteger(inner));
  }
  return { algorithm: 'rsa-pss', pss: { hash, mgf1Hash, saltLength } };
}

function rsaPrivate(root: DerNode, algorithm: 'rsa'): RsaKey {
  const [, n, e, d, p, q, dp, dq, qi] = readSequence(root).map((node) => readInteger(node));
  if (qi === undefined) throw new DerError('wrong tag');
  return { kind: 'private', algorithm, n: n!, e: e!, secret: { d: d!, p: p!, q: q!, dp: dp!, dq: dq!, qi } };
}

function curveOf(parameters: DerNode | undefined): Curve {
  if (parameters?.tag === derTags.sequence) return curveOfParameters(parameters);
  const name = readOid(parameters);
  const curve = findCurve(name);
  if (curve === undefined) throw unavailable(`The curve ${name}`);
  return curve;
}

/** The curve that is described, as OpenSSL finds its name. */
function curveOfParameters(parameters: DerNode): Curve {
  const [, field, coefficients, base, order] = readSequence(parameters);
  const [kind, prime] = readSequence(field);
  if (readOid(kind) === oids.primeField) {
    const [a, b] = readSequence(coefficients).map((node) => bytesToBigint(node.content));
    const found = curves.find(({ noble }) => {
      const { p, n, ...known } = noble.Point.CURVE() as Record<'p' | 'n' | 'a' | 'b', bigint>;
      return p === readInteger(prime) && n === readInteger(order) && known.a === a && known.b === b;
    });
    try {
      if (found?.noble.Point.fromBytes(readOctets(base)).equals(found.noble.Point.BASE) === true) return found;
    } catch {
      // No point of that curve: another one is described.
    }
  }
  throw unavailable('An EC key with the parameters of a curve without a name');
}

const explicitParameters = (parameters: DerNode | undefined): Pick<EcKey, 'parameters'> =>
  parameters?.tag === derTags.sequence ? { parameters: parameters.whole.slice() } : {};

const curveIdentifier = (key: EcKey): Uint8Array => key.parameters ?? oid(key.curve.oid);

export function curveNamed(name: unknown): Curve {
  const curve = findCurve(name);
  if (curve !== undefined) return curve;
  if (missingCurve.test(String(name))) throw unavailable(`The curve "${String(name)}"`);
  throw codedError(TypeError, 'ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name');
}

/** Throws if the point is not on the curve. */
function ecPublic(curve: Curve, point: Uint8Array): EcKey {
  try {
    return { kind: 'public', algorithm: 'ec', curve, point: curve.noble.Point.fromBytes(point).toBytes(false).slice() };
  } catch {
    throw new DerError('bad point');
  }
}

export function ecFromSecret(curve: Curve, secret: Uint8Array): EcKey {
  const padded = bigintToBytes(bytesToBigint(secret), curve.size);
  const value = bytesToBigint(padded);
  if (value === 0n || value >= curve.order) throw new DerError('bad key');
  return { kind: 'private', algorithm: 'ec', curve, point: curve.noble.getPublicKey(padded, false).slice(), secret: padded };
}

function ecPrivate(root: DerNode, given: DerNode | undefined): EcKey {
  const [, secret, ...rest] = readSequence(root);
  const named = rest.find((node) => node.tag === derTags.context);
  const parameters = given ?? (named === undefined ? undefined : childrenOf(named)[0]);
  return { ...ecFromSecret(curveOf(parameters), readOctets(secret)), ...explicitParameters(parameters) };
}

export function cfrgPrivate(algorithm: CfrgName, secret: Uint8Array<ArrayBuffer>): AsymmetricKey {
  const { noble, size } = cfrgCurve(algorithm);
  if (secret.length !== size) throw new DerError('bad key');
  return { kind: 'private', algorithm, point: noble.getPublicKey(secret).slice(), secret };
}

function cfrgNamed(name: string): CfrgName | undefined {
  return cfrgCurves.find((each) => each.name === name.toLowerCase())?.name;
}

const badKeyData = () => codedError(TypeError, 'ERR_INVALID_ARG_VALUE', 'Invalid key data');

function rawPublic(type: string, bytes: Uint8Array<ArrayBuffer>, namedCurve: string | undefined): AsymmetricKey {
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

function rawPrivate(type: string, bytes: Uint8Array<ArrayBuffer>, namedCurve: string | undefined): AsymmetricKey {
  try {
    if (type.toLowerCase() === 'ec') return ecFromSecret(curveNamed(namedCurve), bytes);
    const algorithm = cfrgNamed(type);
    if (algorithm === undefined) return rawOther(type, 'raw-private', bytes);
    return cfrgPrivate(algorithm, bytes);
  } catch (error) {
    throw error instanceof DerError ? badKeyData() : error;
  }
}

function rawSeed(type: string, bytes: Uint8Array<ArrayBuffer>): AsymmetricKey {
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
export function rawKey(key: AsymmetricKey, kind: Kind): Uint8Array {
  if ('point' in key && key.algorithm !== 'ec' && !(kind === 'private' && key.algorithm.startsWith('ml-'))) {
    const bytes = kind === 'public' ? key.point : key.secret;
    if (bytes !== undefined) return bytes;
  }
  throw incompatibleEncoding();
}

export function isOnCurve(key: AsymmetricKey): boolean {
  // What is not on its curve was refused when the key was read.
  return key.algorithm === 'ec';
}

export function isSameKey(a: AsymmetricKey, b: AsymmetricKey): boolean {
  if (a.algorithm !== b.algorithm || a.kind !== b.kind) return false;
  if ('n' in a && 'n' in b) return a.n === b.n && a.e === b.e;
  if ('y' in a && 'y' in b) return a.p === b.p && a.g === b.g && a.y === b.y;
  if ('curve' in a && 'curve' in b && a.curve !== b.curve) return false;
  return 'point' in a && 'point' in b && equalBytes(a.point, b.point);
}

export function keyDetails(key: AsymmetricKey): object {
  if ('n' in key) {
    return {
      modulusLength: bitLength(key.n),
      publicExponent: bigintToBytes(key.e).buffer,
      ...(key.pss === undefined
        ? {}
        : { hashAlgorithm: key.pss.hash, mgf1HashAlgorithm: key.pss.mgf1Hash, saltLength: key.pss.saltLength }),
    };
  }
  if (key.algorithm === 'dsa') return dsaDetails(key);
  return key.algorithm === 'ec' ? { namedCurve: key.curve.name } : {};
}

function spki(key: AsymmetricKey): Uint8Array {
  if ('n' in key) return sequence(rsaIdentifier(key), bits(sequence(integer(key.n), integer(key.e))));
  if (key.algorithm === 'ec') return sequence(sequence(oid(oids.ec), curveIdentifier(key)), bits(key.point));
  if (key.algorithm === 'dh') return sequence(dhIdentifier(key), bits(integer(key.y)));
  if (key.algorithm === 'dsa') return sequence(dsaIdentifier(key), bits(integer(key.y)));
  return sequence(sequence(oid(oidOf(key))), bits(key.point));
}

function pkcs8(key: AsymmetricKey): Uint8Array {
  const version = integer(0);
  if ('n' in key) return sequence(version, rsaIdentifier(key), octets(rsaPkcs1(key)));
  if (key.algorithm === 'ec') {
    return sequence(
      version,
      sequence(oid(oids.ec), curveIdentifier(key)),
      octets(sequence(integer(1), octets(key.secret!), context(1, bits(key.point)))),
    );
  }
  if (key.algorithm === 'dh') return sequence(version, dhIdentifier(key), octets(integer(key.secret!)));
  if (key.algorithm === 'dsa') return sequence(version, dsaIdentifier(key), octets(integer(key.secret!)));
  return sequence(version, sequence(oid(oidOf(key))), octets(isPostQuantum(key) ? writePostQuantum(key) : octets(key.secret!)));
}

const oidOf = (key: CfrgKey | PostQuantumKey) => (isPostQuantum(key) ? postQuantumNamed(key.algorithm)! : cfrgCurve(key.algorithm)).oid;
const dsaIdentifier = ({ p, q, g }: DsaKey) => sequence(oid(oids.dsa), sequence(integer(p), integer(q), integer(g)));

const dhIdentifier = (key: DhKey) => sequence(oid(oids.dh), sequence(integer(key.p), integer(key.g)));

function rsaIdentifier(key: RsaKey): Uint8Array {
  if (key.algorithm === 'rsa') return sequence(oid(oids.rsa), nothing());
  if (key.pss === undefined) return sequence(oid(oids.rsaPss));
  const named = (hash: string) => sequence(oid(digestOids[hash]!), nothing());
  return sequence(
    oid(oids.rsaPss),
    sequence(
      ...(key.pss.hash === 'sha1' ? [] : [context(0, named(key.pss.hash))]),
      ...(key.pss.mgf1Hash === 'sha1' ? [] : [context(1, sequence(oid(oids.mgf1), named(key.pss.mgf1Hash)))]),
      ...(key.pss.saltLength === 20 ? [] : [context(2, integer(key.pss.saltLength))]),
    ),
  );
}

function rsaPkcs1(key: RsaKey): Uint8Array {
  const { d, p, q, dp, dq, qi } = key.secret!;
  return sequence(...[0n, key.n, key.e, d, p, q, dp, dq, qi].map((value) => integer(value)));
}

/** DER, or PEM text. */
export function serializeKey(
  crypto: CryptoRealm,
  key: AsymmetricKey,
  format: number,
  encoding: number | undefined,
  cipher?: string,
  passphrase?: Untyped,
): string | Uint8Array {
  const pem = format === formats.kKeyFormatPEM;
  const give = (label: string, der: Uint8Array) => (pem ? pemText(crypto, label, der) : der);
  // The library lets nobody encrypt such DER.
  const lock = (label: string, der: Uint8Array) =>
    cipher === undefined ? give(label, der) : encryptPem(crypto, label, der, cipher, bytesOf(passphrase));
  if (key.kind === 'public') {
    if (encoding === formats.kKeyEncodingPKCS1 && 'n' in key) return give('RSA PUBLIC KEY', sequence(integer(key.n), integer(key.e)));
    return give('PUBLIC KEY', spki(key));
  }
  if (encoding === formats.kKeyEncodingPKCS1 || encoding === formats.kKeyEncodingSEC1) {
    if ('n' in key) return lock('RSA PRIVATE KEY', rsaPkcs1(key));
    if (key.algorithm === 'ec') {
      return lock(
        'EC PRIVATE KEY',
        sequence(integer(1), octets(key.secret!), context(0, curveIdentifier(key)), context(1, bits(key.point))),
      );
    }
  }
  const plain = pkcs8(key);
  if (cipher === undefined) return give('PRIVATE KEY', plain);
  return give('ENCRYPTED PRIVATE KEY', encryptPkcs8(crypto, plain, cipher, bytesOf(passphrase)));
}

export function toJwk(crypto: CryptoRealm, key: SecretKey | AsymmetricKey, handlePss: boolean): object {
  const text = (bytes: Uint8Array): string => crypto.buffer(bytes).toString('base64url');
  const number = (value: bigint, length?: number) => text(bigintToBytes(value, length));
  if (key.kind === 'secret') return { kty: 'oct', k: text(key.bytes) };
  if ('n' in key) {
    if (key.algorithm === 'rsa-pss' && !handlePss) throw noJwk();
    const jwk = { kty: 'RSA', n: number(key.n), e: number(key.e) };
    if (key.kind === 'public') return jwk;
    const { d, p, q, dp, dq, qi } = key.secret!;
    return { ...jwk, d: number(d), p: number(p), q: number(q), dp: number(dp), dq: number(dq), qi: number(qi) };
  }
  if (key.algorithm === 'ec') {
    const { size } = key.curve;
    if (key.curve.name === 'secp224r1')
      throw codedError(Error, 'ERR_CRYPTO_JWK_UNSUPPORTED_CURVE', `Unsupported JWK EC curve: ${key.curve.name}.`);
    const jwk = { kty: 'EC', x: text(key.point.slice(1, 1 + size)), y: text(key.point.slice(1 + size)), crv: key.curve.jwk };
    return key.kind === 'public' ? jwk : { ...jwk, d: text(key.secret!) };
  }
  if (key.algorithm === 'dh' || key.algorithm === 'dsa') throw noJwk();
  if (isPostQuantum(key)) {
    const shown = { kty: 'AKP', alg: postQuantumNamed(key.algorithm)!.jwk, pub: text(key.point) };
    return key.kind === 'public' ? shown : { priv: text(jwkSecret(key)), ...shown };
  }
  const crv = cfrgCurve(key.algorithm).jwk;
  return key.kind === 'public' ? { crv, x: text(key.point), kty: 'OKP' } : { crv, d: text(key.secret!), x: text(key.point), kty: 'OKP' };
}

function importJwk(crypto: CryptoRealm, kind: Kind, jwk: Untyped): AsymmetricKey {
  const invalid = (what: string) => codedError(TypeError, 'ERR_CRYPTO_INVALID_JWK', `Invalid JWK ${what}`);
  const bytes = (member: string, what: string): Uint8Array<ArrayBuffer> => {
    if (typeof jwk[member] !== 'string') throw invalid(what);
    return bytesOf(crypto.Buffer.from(jwk[member], 'base64url')).slice();
  };
  const wantsPrivate = kind === 'private';
  switch (jwk.kty) {
    case 'RSA': {
      const number = (member: string) => bytesToBigint(bytes(member, 'RSA key'));
      const key: RsaKey = { kind: 'public', algorithm: 'rsa', n: number('n'), e: number('e') };
      if (!wantsPrivate) return key;
      const [d, p, q, dp, dq, qi] = ['d', 'p', 'q', 'dp', 'dq', 'qi'].map(number) as [bigint, bigint, bigint, bigint, bigint, bigint];
      return { ...key, kind: 'private', secret: { d, p, q, dp, dq, qi } };
    }
    case 'EC': {
      const curve = curveNamed(jwk.crv);
      const [x, y] = [bytes('x', 'EC key'), bytes('y', 'EC key')];
      const point = new Uint8Array(1 + 2 * curve.size);
      if (x.length !== curve.size || y.length !== curve.size) throw invalid('EC key');
      point[0] = 4;
      point.set(x, 1);
      point.set(y, 1 + curve.size);
      try {
        const shown = ecPublic(curve, point);
        if (!wantsPrivate) return shown;
        const key = ecFromSecret(curve, bytes('d', 'EC key'));
        if (!equalBytes(key.point, shown.point)) throw invalid('EC key');
        return key;
      } catch (error) {
        throw error instanceof DerError ? invalid('EC key') : error;
      }
    }
    case 'OKP': {
      const curve = cfrgCurves.find((each) => each.jwk === jwk.crv);
      if (curve === undefined) throw codedError(Error, 'ERR_CRYPTO_INVALID_CURVE', 'Unsupported JWK OKP curve');
      const point = bytes('x', 'OKP key');
      if (point.length !== curve.size) throw invalid('OKP key');
      if (!wantsPrivate) return { kind: 'public', algorithm: curve.name, point };
      const secret = bytes('d', 'OKP key');
      if (secret.length !== curve.size) throw invalid('OKP key');
      return cfrgPrivate(curve.name, secret);
    }
    case 'AKP': {
      const found = postQuantum.find((each) => each.jwk === jwk.alg);
      if (found === undefined) throw codedError(TypeError, 'ERR_CRYPTO_INVALID_JWK', 'Unsupported JWK AKP "alg"');
      try {
        const shown = postQuantumPublic(found, bytes('pub', 'AKP key'));
        return wantsPrivate ? fromJwkSecret(found, bytes('priv', 'AKP key')) : shown;
      } catch (error) {
        throw error instanceof DerError ? invalid('AKP key') : error;
      }
    }
    default:
      throw codedError(Error, 'ERR_CRYPTO_INVALID_JWK', 'Invalid JWK data');
  }
}
