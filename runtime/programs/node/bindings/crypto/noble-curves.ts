/** The curves of @noble: a script of its own (`costly.ts`). */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { ed448, x448 } from '@noble/curves/ed448.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';

export const makeNobleCurves = () => ({ p256, p384, p521, secp256k1, ed25519, x25519, ed448, x448 });
