/** The curves of @noble: a script of its own (`costly.ts`). */
import { ecdsa, weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { ed448, x448 } from '@noble/curves/ed448.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha224 } from '@noble/hashes/sha2.js';

/** secp224r1 of SEC 2, which the package does not list. */
const p224 = () =>
  ecdsa(
    weierstrass({
      p: 2n ** 224n - 2n ** 96n + 1n,
      n: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
      h: 1n,
      a: 2n ** 224n - 2n ** 96n - 2n,
      b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n,
      Gx: 0xb70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21n,
      Gy: 0xbd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34n,
    }),
    sha224,
  );

let madeP224: ReturnType<typeof p224> | undefined;

export const makeNobleCurves = () => ({
  get p224() {
    return (madeP224 ??= p224());
  },
  p256,
  p384,
  p521,
  secp256k1,
  ed25519,
  x25519,
  ed448,
  x448,
});
