/** The block function of @noble's AES: a script of its own (`costly.ts`). */
import { unsafe } from '@noble/ciphers/aes.js';

export const makeNobleAes = () => unsafe;
