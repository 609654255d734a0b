import assert from 'node:assert/strict';
import * as real from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { NodeOracle } from '../testing/bavini-node.ts';
import { bits, nothing, oid, sequence, writeDer } from './der.ts';

const node = new NodeOracle();
before(() => node.open());
after(() => node.close());

/** Prints the outcome of each call: a value in JSON, or what an error says. */
const tell = `
  const c = require('crypto');
  const tell = (name, run) => {
    let text;
    try { text = JSON.stringify(run()); } catch (e) { text = [e.name, e.code, e.message, JSON.stringify(e)].join(' | '); }
    console.log(name + ': ' + text);
  };
`;

/** A private key as PEM, and what the one who made it signed with it. */
function signedBy(type: string, options: object, hash: string | null) {
  const make = real.generateKeyPairSync as unknown as (type: string, options: object) => real.KeyPairKeyObjectResult;
  const { privateKey } = make(type, options);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { pem, signature: real.sign(hash, Buffer.from('signed by Node'), privateKey).toString('base64') };
}

describe('key pairs of rarer kinds, compared with Node', () => {
  it('DSA keys are made, written, read, and sign and verify what Node signed', () => {
    const theirs = signedBy('dsa', { modulusLength: 1024, divisorLength: 160 }, 'sha1');
    return node.same(`${tell}
      const theirs = ${JSON.stringify(theirs)};
      const key = c.createPrivateKey(theirs.pem);
      tell('details', () => [key.asymmetricKeyType, key.asymmetricKeyDetails]);
      tell('written again', () => key.export({ type: 'pkcs8', format: 'pem' }) === theirs.pem);
      tell('public', () => c.createPublicKey(key).export({ type: 'spki', format: 'pem' }));
      tell('theirs', () => c.verify('sha1', Buffer.from('signed by Node'), theirs.pem, Buffer.from(theirs.signature, 'base64')));
      tell('another text', () => c.verify('sha1', Buffer.from('signed by me'), theirs.pem, Buffer.from(theirs.signature, 'base64')));
      for (const hash of ['sha1', 'sha256', 'sha512', null]) for (const dsaEncoding of ['der', 'ieee-p1363'])
        tell(hash + dsaEncoding, () => c.verify(hash, Buffer.from('a'), { key, dsaEncoding }, c.sign(hash, Buffer.from('a'), { key, dsaEncoding })));
      tell('no signature', () => c.verify('sha1', Buffer.from('a'), key, Buffer.alloc(3)));
      tell('Sign', () => c.createVerify('sha256').update('a').verify(key, c.createSign('sha256').update('a').sign(key)));
      tell('jwk', () => key.export({ format: 'jwk' }));
      tell('raw', () => key.export({ format: 'raw-private' }));
      const made = c.generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
      tell('made', () => [made.publicKey.asymmetricKeyDetails, c.verify('sha256', Buffer.from('a'), made.publicKey, c.sign('sha256', Buffer.from('a'), made.privateKey))]);
      tell('short', () => c.generateKeyPairSync('dsa', { modulusLength: 512 }));
      tell('divisor', () => c.generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 161 }));
      tell('encrypting', () => c.publicEncrypt(key, Buffer.from('a')));
    `);
  });

  it('ML-DSA, ML-KEM and SLH-DSA keys are made, written and read', () =>
    node.same(`${tell}
      const sizes = (key, forms) => forms.map((form) => { try { return key.export(form).length; } catch (e) { return e.code + ' ' + e.message; } });
      for (const type of ['ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87', 'ml-kem-512', 'ml-kem-768', 'ml-kem-1024', 'slh-dsa-sha2-128f', 'slh-dsa-shake-192f']) {
        const { publicKey, privateKey } = c.generateKeyPairSync(type);
        tell(type, () => [publicKey.asymmetricKeyType, publicKey.asymmetricKeyDetails]);
        const forms = [{ format: 'der', type: 'pkcs8' }, { format: 'raw-private' }, { format: 'raw-seed' }];
        tell('private', () => sizes(privateKey, forms));
        tell('public', () => sizes(publicKey, [{ format: 'der', type: 'spki' }, { format: 'raw-public' }]));
        tell('jwk', () => Object.entries(privateKey.export({ format: 'jwk' })).map(([k, v]) => [k, v.length > 30 ? v.length : v]));
        const again = c.createPrivateKey({ key: privateKey.export({ format: 'der', type: 'pkcs8' }), format: 'der', type: 'pkcs8' });
        tell('again', () => [again.equals(privateKey), c.createPublicKey(again).equals(publicKey)]);
        tell('from jwk', () => c.createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' }).equals(privateKey));
        for (const format of ['raw-public', 'raw-private', 'raw-seed'])
          tell(format, () => c[format === 'raw-public' ? 'createPublicKey' : 'createPrivateKey']({ key: Buffer.alloc(3), format, asymmetricKeyType: type }));
        tell('sign', () => c.sign(null, Buffer.from('a'), privateKey).length);
        tell('context', () => {
          const context = Buffer.from('c');
          const signature = c.sign(null, Buffer.from('a'), { key: privateKey, context });
          return [c.verify(null, Buffer.from('a'), { key: publicKey, context }, signature), c.verify(null, Buffer.from('a'), publicKey, signature)];
        });
        tell('long context', () => c.sign(null, Buffer.from('a'), { key: privateKey, context: Buffer.alloc(256) }));
        tell('digest', () => c.sign('sha256', Buffer.from('a'), privateKey));
        tell('Sign', () => c.createSign('sha256').update('a').sign(privateKey));
      }
      tell('alg', () => c.createPublicKey({ format: 'jwk', key: { kty: 'AKP', alg: 'none', pub: '' } }));
      tell('pub', () => c.createPublicKey({ format: 'jwk', key: { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' } }));
    `));

  it('ML-DSA and SLH-DSA verify what Node signed', () => {
    const theirs = ['ml-dsa-44', 'ml-dsa-87', 'slh-dsa-shake-128f'].map((type) => signedBy(type, {}, null));
    return node.same(`${tell}
      for (const { pem, signature } of ${JSON.stringify(theirs)}) {
        tell('theirs', () => c.verify(null, Buffer.from('signed by Node'), pem, Buffer.from(signature, 'base64')));
        tell('another text', () => c.verify(null, Buffer.from('signed by me'), pem, Buffer.from(signature, 'base64')));
        tell('written again', () => c.createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }) === pem);
      }
    `);
  });

  it('keys are encapsulated as Node does, and what Node encapsulated is opened', () => {
    const kinds: [string, object?][] = [
      ['ml-kem-512'],
      ['ml-kem-1024'],
      ['ec', { namedCurve: 'P-256' }],
      ['ec', { namedCurve: 'P-384' }],
      ['ec', { namedCurve: 'P-521' }],
      ['x25519'],
      ['x448'],
      ['rsa', { modulusLength: 1024 }],
    ];
    const make = real.generateKeyPairSync as unknown as (type: string, options?: object) => real.KeyPairKeyObjectResult;
    const theirs = kinds.map(([type, options]) => {
      const { publicKey, privateKey } = make(type, options);
      const { sharedKey, ciphertext } = real.encapsulate(publicKey);
      return {
        pem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        shared: sharedKey.toString('hex'),
        ciphertext: ciphertext.toString('hex'),
      };
    });
    return node.same(`${tell}
      for (const { pem, shared, ciphertext } of ${JSON.stringify(theirs)}) {
        const key = c.createPrivateKey(pem);
        tell(key.asymmetricKeyType, () => c.decapsulate(key, Buffer.from(ciphertext, 'hex')).toString('hex') === shared);
        tell('own', () => { const own = c.encapsulate(pem); return [own.sharedKey.length, own.ciphertext.length, c.decapsulate(key, own.ciphertext).equals(own.sharedKey)]; });
        tell('short', () => c.decapsulate(key, Buffer.alloc(3)));
      }
      for (const [type, options] of [['ec', { namedCurve: 'secp256k1' }], ['ed25519'], ['rsa-pss', { modulusLength: 1024 }], ['ml-dsa-44']])
        tell(type, () => c.encapsulate(c.generateKeyPairSync(type, options).publicKey));
      c.decapsulate(c.generateKeyPairSync('x25519').privateKey, Buffer.alloc(3), (e) => console.log(e.code, e.message));
    `);
  });

  it('curves are written with their parameters, and secp224r1 is one of them', () => {
    const { publicKey } = real.generateKeyPairSync('ec', { namedCurve: 'secp224r1' });
    assert.equal(publicKey.asymmetricKeyType, 'ec');
    return node.same(`${tell}
      for (const namedCurve of ['secp224r1', 'P-256', 'P-384', 'P-521', 'secp256k1']) {
        const { publicKey, privateKey } = c.generateKeyPairSync('ec', { namedCurve, paramEncoding: 'explicit' });
        const written = publicKey.export({ type: 'spki', format: 'der' }).toString('hex');
        // All but the point.
        tell(namedCurve, () => written.slice(0, -2 * Math.ceil({ 'P-384': 98, 'P-521': 134, secp224r1: 58 }[namedCurve] ?? 66)));
        tell('sec1', () => privateKey.export({ type: 'sec1', format: 'der' }).length);
        tell('signs', () => c.verify('sha256', Buffer.from('a'), publicKey, c.sign('sha256', Buffer.from('a'), privateKey)));
      }
      const key = c.createPublicKey(${JSON.stringify(publicKey.export({ type: 'spki', format: 'pem' }))});
      tell('read', () => [key.asymmetricKeyDetails, key.export({ type: 'spki', format: 'pem' })]);
      tell('jwk', () => key.export({ format: 'jwk' }));
      tell('ECDH', () => { const e = c.createECDH('secp224r1'); e.generateKeys(); return e.getPublicKey().length; });
    `);
  });

  it('Certificate tells a SPKAC from what is none', () => {
    const { publicKey, privateKey } = real.generateKeyPairSync('rsa', { modulusLength: 1024 });
    const signed = sequence(publicKey.export({ type: 'spki', format: 'der' }), writeDer(0x16, Buffer.from('challenge')));
    const whole = sequence(signed, sequence(oid('1.2.840.113549.1.1.11'), nothing()), bits(real.sign('sha256', signed, privateKey)));
    const spkac = Buffer.from(whole).toString('base64');
    return node.same(`${tell}
      const { Certificate } = c;
      const spkac = Buffer.from(${JSON.stringify(spkac)});
      tell('whole', () => [Certificate.verifySpkac(spkac), Certificate.exportPublicKey(spkac).toString(), Certificate.exportChallenge(spkac).toString()]);
      const changed = Buffer.from(spkac.toString().replace(/.{8}$/, 'AAAAAAAA'));
      tell('changed', () => Certificate.verifySpkac(changed));
      for (const text of ['', 'x', 'MIG0MGAwXDANBgkqhkiG9w0BAQEFAANLADBIAkEA']) for (const member of ['verifySpkac', 'exportPublicKey', 'exportChallenge'])
        tell(member, () => Certificate[member](Buffer.from(text)));
    `);
  });

  it('exponents and sizes that make no RSA key are refused in OpenSSL’s words', () =>
    node.same(`${tell}
      for (const publicExponent of [0, 1, 2, 4]) tell('exponent ' + publicExponent, () => c.generateKeyPairSync('rsa', { modulusLength: 1024, publicExponent }));
      tell('size', () => c.generateKeyPairSync('rsa', { modulusLength: 256 }));
    `));

  it('Diffie-Hellman refuses sizes, generators and points in OpenSSL’s words', () =>
    node.same(`${tell}
      for (const size of [-1, 0, 1, 2, 256]) tell('size ' + size, () => c.createDiffieHellman(size));
      for (const generator of [0, 1]) tell('generator ' + generator, () => c.createDiffieHellman('abcdef', generator));
      const dh = c.createDiffieHellmanGroup('modp5');
      for (const member of ['getPublicKey', 'getPrivateKey']) tell(member, () => dh[member]());
      const der = (point) => Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), point]);
      const publicKey = c.createPublicKey({ key: der(Buffer.alloc(32)), format: 'der', type: 'spki' });
      const { privateKey } = c.generateKeyPairSync('x25519');
      tell('small order', () => c.diffieHellman({ publicKey, privateKey }));
      const [one, other] = ['P-256', 'P-384'].map((namedCurve) => c.generateKeyPairSync('ec', { namedCurve }));
      tell('two curves', () => c.diffieHellman({ publicKey: one.publicKey, privateKey: other.privateKey }));
      c.diffieHellman({ publicKey, privateKey }, (e) => console.log(e.code, e.message));
    `));
});
