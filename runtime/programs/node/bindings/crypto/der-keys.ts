/** Keys as DER: SPKI and X.509 certificates, PKCS#8, PKCS#1 and SEC 1. */
import {
  publicOf,
  type AsymmetricKey,
  type CfrgKey,
  type DhKey,
  type DsaKey,
  type EcKey,
  type KeyKind,
  type PostQuantumKey,
  type RsaKey,
} from './asymmetric-key.ts';
import { cfrgCurve, cfrgCurves } from './cfrg.ts';
import { unavailable } from './crypto-errors.ts';
import { bytesToBigint } from './crypto-realm.ts';
import { cfrgPrivate, ecFromSecret, ecPublic } from './curve-keys.ts';
import { curves, findCurve, type Curve } from './curves.ts';
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
import { keyConstants } from './key-constants.ts';
import { modPow } from './modular.ts';
import { decryptPkcs8 } from './pem.ts';
import { isPostQuantum, postQuantum, postQuantumNamed, postQuantumPublic, readPostQuantum, writePostQuantum } from './post-quantum.ts';

const oids = {
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  ec: '1.2.840.10045.2.1',
  dh: '1.2.840.113549.1.3.1',
  dsa: '1.2.840.10040.4.1',
  primeField: '1.2.840.10045.1.1',
} as const;

export function fromDer(kind: KeyKind, bytes: Uint8Array, encoding: number, passphrase: Uint8Array | undefined): AsymmetricKey {
  const root = readDer(bytes);
  const parts = readSequence(root);
  switch (encoding) {
    case keyConstants.kKeyEncodingSPKI:
      return fromSpki(root);
    case keyConstants.kKeyEncodingPKCS1: {
      if (kind === 'public' && parts.length === 2)
        return { kind: 'public', algorithm: 'rsa', n: readInteger(parts[0]), e: readInteger(parts[1]) };
      const key = rsaPrivate(root, 'rsa');
      return kind === 'public' ? (publicOf(key) as RsaKey) : key;
    }
    case keyConstants.kKeyEncodingSEC1:
      return ecPrivate(root, undefined);
    default: {
      const plain = parts[0]?.tag === derTags.sequence ? readDer(decryptPkcs8(bytes, passphrase)) : root;
      const key = fromPkcs8(plain);
      return kind === 'public' ? publicOf(key) : key;
    }
  }
}

export function fromCertificate(bytes: Uint8Array): AsymmetricKey {
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
export function dsaPrivate(root: DerNode): DsaKey {
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

export const curveIdentifier = (key: EcKey): Uint8Array => key.parameters ?? oid(key.curve.oid);

function ecPrivate(root: DerNode, given: DerNode | undefined): EcKey {
  const [, secret, ...rest] = readSequence(root);
  const named = rest.find((node) => node.tag === derTags.context);
  const parameters = given ?? (named === undefined ? undefined : childrenOf(named)[0]);
  return { ...ecFromSecret(curveOf(parameters), readOctets(secret)), ...explicitParameters(parameters) };
}

export function spki(key: AsymmetricKey): Uint8Array {
  if ('n' in key) return sequence(rsaIdentifier(key), bits(sequence(integer(key.n), integer(key.e))));
  if (key.algorithm === 'ec') return sequence(sequence(oid(oids.ec), curveIdentifier(key)), bits(key.point));
  if (key.algorithm === 'dh') return sequence(dhIdentifier(key), bits(integer(key.y)));
  if (key.algorithm === 'dsa') return sequence(dsaIdentifier(key), bits(integer(key.y)));
  return sequence(sequence(oid(oidOf(key))), bits(key.point));
}

export function pkcs8(key: AsymmetricKey): Uint8Array {
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

export function rsaPkcs1(key: RsaKey): Uint8Array {
  const { d, p, q, dp, dq, qi } = key.secret!;
  return sequence(...[0n, key.n, key.e, d, p, q, dp, dq, qi].map((value) => integer(value)));
}
