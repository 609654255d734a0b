/** The ciphers that there are. */

export interface Cipher {
  /** As `getCipherInfo` tells it. */
  readonly name: string;
  readonly mode: string;
  readonly nid: number;
  readonly keyLength: number;
  /** Bytes; 0 for none. */
  readonly ivLength: number;
  /** Bytes; 0 for a stream. */
  readonly blockSize: number;
}

/** By OpenSSL's names in lower case. */
export const ciphers = new Map<string, Cipher>();
const nids: Readonly<Record<string, readonly [number, number, number]>> = {
  ecb: [418, 422, 426],
  cbc: [419, 423, 427],
  ofb: [420, 424, 428],
  cfb: [421, 425, 429],
  cfb8: [653, 654, 655],
  ctr: [904, 905, 906],
  gcm: [895, 898, 901],
  ccm: [896, 899, 902],
  wrap: [788, 789, 790],
};
for (const [index, bits] of [128, 192, 256].entries()) {
  for (const [mode, ids] of Object.entries(nids)) {
    const own = mode === 'gcm' || mode === 'ccm' || mode === 'wrap';
    const cipher: Cipher = {
      name: own ? `id-aes${bits}-${mode}` : `aes-${bits}-${mode}`,
      mode: mode === 'cfb8' ? 'cfb' : mode,
      nid: ids[index]!,
      keyLength: bits / 8,
      ivLength: mode === 'ecb' ? 0 : mode === 'wrap' ? 8 : mode === 'gcm' || mode === 'ccm' ? 12 : 16,
      blockSize: mode === 'cbc' || mode === 'ecb' ? 16 : mode === 'wrap' ? 8 : 1,
    };
    for (const name of own ? [cipher.name, mode === 'wrap' ? `aes${bits}-wrap` : `aes-${bits}-${mode}`] : [cipher.name])
      ciphers.set(name, cipher);
    if (mode === 'cbc') ciphers.set(`aes${bits}`, cipher);
  }
}
ciphers.set('chacha20', { name: 'chacha20', mode: 'stream', nid: 1019, keyLength: 32, ivLength: 16, blockSize: 0 });
ciphers.set('chacha20-poly1305', { name: 'chacha20-poly1305', mode: 'stream', nid: 1018, keyLength: 32, ivLength: 12, blockSize: 0 });
