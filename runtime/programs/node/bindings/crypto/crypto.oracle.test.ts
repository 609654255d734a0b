import assert from 'node:assert/strict';
import * as real from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { NodeOracle } from '../testing/bavini-node.ts';

const node = new NodeOracle();
before(() => node.open());
after(() => node.close());

/** Prints the outcome of each call: a value in JSON, or what an error says. */
const tell = `
  const c = require('crypto');
  const tell = (name, run) => {
    let text;
    try { text = JSON.stringify(run()); } catch (e) { text = [e.name, e.code, e.message, e.library, e.reason].join(' | '); }
    console.log(name + ': ' + text);
  };
  const bytes = (n, seed = 1) => Buffer.from(Array.from({ length: n }, (_, i) => (i * 7 + seed) & 255));
`;

describe('crypto, compared with Node', () => {
  it('Hash and Hmac give the same digests for every algorithm and length', () =>
    node.same(`${tell}
      for (const name of c.getHashes().filter((each) => !/sm3/i.test(each))) for (const n of [0, 1, 63, 64, 127, 128, 1000]) {
        tell(name + n, () => c.createHash(name).update(bytes(n)).digest('hex'));
        if (!/shake|md5-sha1/.test(name)) tell('hmac ' + name + n, () => c.createHmac(name, bytes(n, 3)).update(bytes(n)).digest('base64'));
      }
      tell('xof', () => c.createHash('shake256', { outputLength: 99 }).update('a').copy({ outputLength: 12 }).digest('hex'));
      tell('one shot', () => c.hash('sha512', 'text', 'base64url'));
      tell('unknown', () => c.createHash('nope'));
      tell('length', () => c.createHash('sha256', { outputLength: 3 }));
      tell('after digest', () => { const h = c.createHash('md5'); h.digest(); h.update('a'); });
    `));

  it('digests of the legacy provider are refused as OpenSSL does, which old bundlers look for', () =>
    node.same(`${tell}
      const uses = { createHash: n => c.createHash(n), hash: n => c.hash(n, 'a'), createHmac: n => c.createHmac(n, 'k'), createSign: n => c.createSign(n),
        pbkdf2Sync: n => c.pbkdf2Sync('a', 'b', 1, 8, n), hkdfSync: n => c.hkdfSync(n, 'a', 'b', 'c', 4) };
      for (const n of ['md4', 'MD4', 'RSA-MD4', 'md4WithRSAEncryption', 'mdc2', 'whirlpool', 'md2', 'dss1']) for (const [k, use] of Object.entries(uses)) {
        try { use(n); console.log(n, k, 'ok'); } catch (e) { console.log(n, k, e.name, e.message, JSON.stringify(e)); }
      }
    `));

  it('MD4 is there with --openssl-legacy-provider', () =>
    node.same(
      `${tell}
      for (const n of [0, 1, 55, 56, 63, 64, 65, 119, 1000]) {
        tell('md4 ' + n, () => c.createHash('md4').update(bytes(n)).digest('hex'));
        tell('hmac ' + n, () => c.createHmac('RSA-MD4', bytes(n, 3)).update(bytes(n)).digest('base64'));
      }
      tell('copy', () => { const h = c.createHash('md4').update('ab'); const other = h.copy(); return [h.update('c').digest('hex'), other.digest('hex')]; });
      tell('listed', () => c.getHashes().filter((name) => /md4/i.test(name)));
    `,
      ['--openssl-legacy-provider'],
    ));

  it('EC keys that describe their curve are read, used and written as they were', () => {
    const { privateKey } = real.generateKeyPairSync('ec', {
      namedCurve: 'prime256v1',
      paramEncoding: 'explicit',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'sec1', format: 'pem' },
    });
    // The block that OpenSSL's command line writes before a key.
    const curve =
      '-----BEGIN EC PARAMETERS-----\nMIH3AgEBMCwGByqGSM49AQECIQD/////AAAAAQAAAAAAAAAAAAAAAP//////////\n/////zBbBCD/////AAAAAQAAAAAAAAAAAAAAAP///////////////AQgWsY12Ko6\nk+ez671VdpiGvGUdBrDMU7D2O848PifSYEsDFQDEnTYIhucEk2pmeOETnSa3gZ9+\nkARBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tK\nfA+eFivOM1drMV7Oy7ZAaDe/UfUCIQD/////AAAAAP//////////vOb6racXnoTz\nucrC/GMlUQIBAQ==\n-----END EC PARAMETERS-----\n';
    return node.same(`${tell}
      const pem = ${JSON.stringify(curve + privateKey)};
      tell('private', () => { const k = c.createPrivateKey(pem); return [k.asymmetricKeyType, k.asymmetricKeyDetails, k.export({ format: 'jwk' })]; });
      for (const [type, format] of [['sec1', 'pem'], ['pkcs8', 'der']]) tell(type, () => c.createPrivateKey(pem).export({ type, format }).toString('latin1'));
      tell('public', () => { const k = c.createPublicKey(pem); const spki = k.export({ type: 'spki', format: 'pem' }); return [spki, c.createPublicKey(spki).equals(k), c.createPublicKey({ key: k.export({ format: 'jwk' }), format: 'jwk' }).equals(k)]; });
      tell('sign', () => c.verify('sha256', bytes(9), c.createPublicKey(pem), c.sign('sha256', bytes(9), pem)));
      tell('only parameters', () => c.createPrivateKey(pem.slice(0, pem.indexOf('-----BEGIN EC PRIVATE'))));
    `);
  });

  it('ciphers give the same bytes for every mode, length and split', () =>
    node.same(`${tell}
      for (const name of ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'aes-128-ecb', 'aes-256-ecb', 'aes-128-ctr', 'aes-256-ctr', 'aes-128-cfb', 'aes-128-cfb8', 'aes-256-ofb',
        'aes-128-gcm', 'aes-256-gcm', 'chacha20', 'chacha20-poly1305', 'id-aes128-wrap']) {
        const info = c.getCipherInfo(name);
        tell(name, () => info);
        const key = bytes(info.keyLength, 5), iv = info.ivLength ? bytes(info.ivLength, 9) : null;
        for (const n of name.includes('wrap') ? [16, 40] : [0, 1, 15, 16, 17, 64, 200]) for (const step of name.includes('wrap') ? [99] : [1, 7, 64]) tell(n + '/' + step, () => {
          const run = (cipher, data) => {
            const parts = [];
            for (let at = 0; at < data.length; at += step) parts.push(cipher.update(data.subarray(at, at + step)));
            parts.push(cipher.final());
            return Buffer.concat(parts);
          };
          const aead = /gcm|poly/.test(name);
          const enc = c.createCipheriv(name, key, iv);
          if (aead) enc.setAAD(bytes(21));
          const sealed = run(enc, bytes(n));
          const dec = c.createDecipheriv(name, key, iv);
          if (aead) dec.setAAD(bytes(21)).setAuthTag(enc.getAuthTag());
          return [sealed.toString('hex'), aead && enc.getAuthTag().toString('hex'), run(dec, sealed).equals(bytes(n))];
        });
      }
    `));

  it('ciphers fail with the same errors', () =>
    node.same(`${tell}
      const enc = (name, k, i, o) => c.createCipheriv(name, bytes(k), i === null ? null : bytes(i), o);
      const dec = (name, k, i, o) => c.createDecipheriv(name, bytes(k), i === null ? null : bytes(i), o);
      tell('key', () => enc('aes-128-cbc', 5, 16));
      tell('iv', () => enc('aes-128-cbc', 16, 15));
      tell('no iv', () => enc('aes-128-cbc', 16, null));
      tell('iv for ecb', () => enc('aes-128-ecb', 16, 16));
      tell('name', () => enc('nope', 16, 16));
      tell('bad decrypt', () => { const d = dec('aes-128-cbc', 16, 16); d.update(bytes(16)); d.final(); });
      tell('short', () => { const d = dec('aes-128-cbc', 16, 16); d.update(bytes(15)); d.final(); });
      tell('unpadded', () => { const d = enc('aes-128-cbc', 16, 16).setAutoPadding(false); d.update(bytes(15)); d.final(); });
      tell('twice', () => { const d = enc('aes-128-cbc', 16, 16); d.final(); d.final(); });
      tell('late', () => { const d = enc('aes-128-cbc', 16, 16); d.final(); d.update('a'); });
      tell('no tag', () => { const d = dec('aes-128-gcm', 16, 12); d.update(bytes(16)); d.final(); });
      tell('wrong tag', () => { const d = dec('aes-128-gcm', 16, 12).setAuthTag(bytes(16)); d.update(bytes(16)); d.final(); });
      tell('tag length', () => dec('aes-128-gcm', 16, 12).setAuthTag(bytes(9)));
      tell('tag twice', () => dec('aes-128-gcm', 16, 12).setAuthTag(bytes(16)).setAuthTag(bytes(16)));
      tell('early tag', () => enc('aes-128-gcm', 16, 12).getAuthTag());
      tell('ccm', () => enc('aes-128-ccm', 16, 12));
    `));

  it('key derivation gives the same keys and errors', () =>
    node.same(`${tell}
      for (const digest of ['md5', 'sha1', 'sha256', 'sha512', 'sha3-256']) {
        tell(digest, () => [c.pbkdf2Sync('password', 'salt', 50, 77, digest).toString('hex'), Buffer.from(c.hkdfSync(digest, 'key', 'salt', 'info', 99)).toString('hex')]);
      }
      tell('scrypt', () => [c.scryptSync('p', 's', 64).toString('hex'), c.scryptSync('p', 's', 10, { N: 64, r: 3, p: 2 }).toString('hex')]);
      tell('scrypt N', () => c.scryptSync('a', 'b', 1, { N: 3 }));
      tell('scrypt memory', () => c.scryptSync('a', 'b', 1, { N: 2 ** 20 }));
      tell('digest', () => c.pbkdf2Sync('a', 'b', 1, 1, 'nope'));
      tell('length', () => c.hkdfSync('sha256', 'a', 'b', 'c', 256 * 32));
      c.pbkdf2('password', 'salt', 5000, 32, 'sha512', (e, key) => console.log(e, key.toString('hex')));
    `));

  it('keys of ours are read by Node, and their signatures verified', async () => {
    const lines = (
      await node.output(`${tell}
        for (const [type, options] of [['rsa', { modulusLength: 1024 }], ['ec', { namedCurve: 'P-256' }], ['ec', { namedCurve: 'P-521' }], ['ec', { namedCurve: 'secp256k1' }], ['ed25519'], ['ed448']]) {
          const { publicKey, privateKey } = c.generateKeyPairSync(type, options);
          const signature = c.sign(type.startsWith('ed') ? null : 'sha256', 'message', privateKey);
          console.log(JSON.stringify([type, publicKey.export({ type: 'spki', format: 'pem' }), privateKey.export({ type: 'pkcs8', format: 'pem' }), signature.toString('hex'), publicKey.export({ format: 'jwk' })]));
        }
      `)
    )
      .trim()
      .split('\n');
    assert.equal(lines.length, 6);
    for (const line of lines) {
      const [type, publicPem, privatePem, signature, jwk] = JSON.parse(line) as [string, string, string, string, real.JsonWebKey];
      const publicKey = real.createPublicKey(publicPem);
      assert.equal(publicKey.asymmetricKeyType, type);
      assert.ok(real.createPublicKey(privatePem).equals(publicKey));
      assert.ok(real.createPublicKey({ key: jwk, format: 'jwk' }).equals(publicKey));
      assert.ok(real.verify(type.startsWith('ed') ? null : 'sha256', Buffer.from('message'), publicKey, Buffer.from(signature, 'hex')));
    }
  });

  it("Node's keys are read by ours, exported the same, and their signatures verified", async () => {
    const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
    const pairs = [
      real.generateKeyPairSync('rsa', { modulusLength: 1024 }),
      real.generateKeyPairSync('ec', { namedCurve: 'P-384' }),
      real.generateKeyPairSync('ed25519'),
    ].map(({ privateKey, publicKey }) => ({
      pem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      locked: privateKey.export(encrypted),
      spki: publicKey.export({ type: 'spki', format: 'der' }).toString('hex'),
      signature: real
        .sign(privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha384', Buffer.from('message'), privateKey)
        .toString('hex'),
    }));
    await node.same(`${tell}
      for (const { pem, locked, spki, signature } of ${JSON.stringify(pairs)}) tell('key', () => {
        const key = c.createPrivateKey(pem), open = c.createPrivateKey({ key: locked, passphrase: 'secret' });
        const publicKey = c.createPublicKey({ key: Buffer.from(spki, 'hex'), type: 'spki', format: 'der' });
        return [key.asymmetricKeyType, key.asymmetricKeyDetails.modulusLength, key.export({ format: 'jwk' }), key.equals(open), c.createPublicKey(key).equals(publicKey),
          key.export({ type: 'pkcs8', format: 'pem' }) === pem, publicKey.export({ type: 'spki', format: 'der' }).toString('hex') === spki,
          c.verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha384', Buffer.from('message'), publicKey, Buffer.from(signature, 'hex')),
          c.verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha384', Buffer.from('other'), publicKey, Buffer.from(signature, 'hex'))];
      });
      for (const name of ['modp1', 'modp2', 'modp5', 'modp14', 'modp15', 'modp16', 'modp17', 'modp18']) tell(name, () => c.getDiffieHellman(name).getPrime('hex'));
    `);
  });

  it('keys in encrypted PEM of before PKCS#8 are opened, or refused, as by OpenSSL', () => {
    const { privateKey } = real.generateKeyPairSync('rsa', { modulusLength: 1024 });
    const sealed = ['aes-128-cbc', 'AES-192-CBC', 'aes256', 'aes-256-ctr', 'aes-128-cfb'].map((cipher) =>
      privateKey.export({ type: 'pkcs1', format: 'pem', cipher, passphrase: 'secret' }),
    );
    // One whose wrong passphrase does not happen to give what looks like padding.
    const isRefused = (key: string): boolean => {
      try {
        real.createPrivateKey({ key, passphrase: 'wrong' });
        return false;
      } catch (error) {
        return (error as { readonly code?: string }).code === 'ERR_OSSL_BAD_DECRYPT';
      }
    };
    const makePem = () =>
      real
        .generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'sec1', format: 'pem', cipher: 'AES-192-CBC', passphrase: 'secret' }) as string;
    let pem = makePem();
    while (!isRefused(pem)) pem = makePem();
    return node.same(`${tell}
      for (const key of ${JSON.stringify(sealed)}) tell(key.split('\\n')[2], () => c.createPrivateKey({ key, passphrase: 'secret' }).export({ format: 'jwk' }));
      const pem = ${JSON.stringify(pem)}, open = (key, passphrase) => () => c.createPrivateKey({ key, passphrase }).export({ format: 'jwk' });
      tell('right', open(pem, 'secret')); tell('wrong', open(pem, 'wrong')); tell('none', open(pem)); tell('text', () => c.createPrivateKey(pem));
      tell('public', () => c.createPublicKey({ key: pem, passphrase: 'secret' }).export({ format: 'jwk' })); tell('public without', () => c.createPublicKey(pem));
      tell('sign', () => c.createSign('sha256').update('a').sign(pem)); tell('cipher', open(pem.replace('AES-192', 'XES'), 'secret'));
      tell('iv', open(pem.replace(/(CBC,....).*/, '$1'), 'secret'));
      const key = c.createPrivateKey({ key: pem, passphrase: 'secret' }), { privateKey } = c.generateKeyPairSync('rsa', { modulusLength: 512 });
      for (const cipher of ['aes-128-cbc', 'AES256', 'aes-192-ofb', 'aes-128-ecb', 'foo']) for (const [each, type] of [[key, 'sec1'], [privateKey, 'pkcs1']]) tell(type + cipher, () => {
        const text = each.export({ type, format: 'pem', cipher, passphrase: 'secret' });
        return [text.split('\\n').slice(0, 3).map((line) => line.replace(/,[0-9A-F]{32}$/, '')), c.createPrivateKey({ key: text, passphrase: 'secret' }).equals(each)];
      });
      const empty = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: '' });
      tell('empty', () => c.createPrivateKey({ key: empty, passphrase: '' }).equals(key)); tell('not given', () => c.createPrivateKey(empty));
      tell('unknown', () => key.export({ type: 'pkcs8', format: 'pem', cipher: 'foo', passphrase: 'a' }));
    `);
  });

  it('crypto.subtle gives the same results', () =>
    node.same(`${tell}
      const s = c.webcrypto.subtle, hex = (b) => Buffer.from(b).toString('hex');
      (async () => {
        for (const name of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) console.log(hex(await s.digest(name, bytes(100))));
        const hmac = await s.importKey('raw', bytes(20), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
        console.log(hex(await s.sign('HMAC', hmac, bytes(50))), hmac);
        for (const [name, extra] of [['AES-GCM', { iv: bytes(12), additionalData: bytes(5) }], ['AES-CBC', { iv: bytes(16) }], ['AES-CTR', { counter: bytes(16), length: 32 }]]) {
          const key = await s.importKey('raw', bytes(32), name, true, ['encrypt', 'decrypt']);
          const sealed = await s.encrypt({ name, ...extra }, key, bytes(77));
          console.log(name, hex(sealed), hex(await s.decrypt({ name, ...extra }, key, sealed)), await s.exportKey('jwk', key));
        }
        const password = await s.importKey('raw', bytes(9), 'PBKDF2', false, ['deriveBits']);
        console.log(hex(await s.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: bytes(8), iterations: 100 }, password, 256)));
        const ikm = await s.importKey('raw', bytes(9), 'HKDF', false, ['deriveBits']);
        console.log(hex(await s.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: bytes(8), info: bytes(3) }, ikm, 512)));
        const key = await s.importKey('raw', bytes(16), 'AES-GCM', false, ['decrypt']);
        await s.decrypt({ name: 'AES-GCM', iv: bytes(12) }, key, bytes(40)).catch((e) => console.log(e.name, e.message));
        await s.exportKey('raw', key).catch((e) => console.log(e.name, e.message));
      })();
    `));
});
