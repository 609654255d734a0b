/** The post-quantum algorithms of @noble: a script of its own (`costly.ts`). */
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem1024, ml_kem512, ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import * as slhDsa from '@noble/post-quantum/slh-dsa.js';

/** By the names of keys' types. */
export const makeNoblePostQuantum = () => ({
  'ml-dsa-44': ml_dsa44,
  'ml-dsa-65': ml_dsa65,
  'ml-dsa-87': ml_dsa87,
  'ml-kem-512': ml_kem512,
  'ml-kem-768': ml_kem768,
  'ml-kem-1024': ml_kem1024,
  'slh-dsa-sha2-128f': slhDsa.slh_dsa_sha2_128f,
  'slh-dsa-sha2-128s': slhDsa.slh_dsa_sha2_128s,
  'slh-dsa-sha2-192f': slhDsa.slh_dsa_sha2_192f,
  'slh-dsa-sha2-192s': slhDsa.slh_dsa_sha2_192s,
  'slh-dsa-sha2-256f': slhDsa.slh_dsa_sha2_256f,
  'slh-dsa-sha2-256s': slhDsa.slh_dsa_sha2_256s,
  'slh-dsa-shake-128f': slhDsa.slh_dsa_shake_128f,
  'slh-dsa-shake-128s': slhDsa.slh_dsa_shake_128s,
  'slh-dsa-shake-192f': slhDsa.slh_dsa_shake_192f,
  'slh-dsa-shake-192s': slhDsa.slh_dsa_shake_192s,
  'slh-dsa-shake-256f': slhDsa.slh_dsa_shake_256f,
  'slh-dsa-shake-256s': slhDsa.slh_dsa_shake_256s,
});
