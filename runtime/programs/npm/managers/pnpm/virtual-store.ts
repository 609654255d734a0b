/** The names of the folders in `node_modules/.pnpm`. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { nameOfKey } from './lockfile.ts';

const maxLength = 120;

/** The folder of a snapshot, by its key. */
function virtualFolder(key: string): string {
  let name = (key.startsWith('file:') ? key.replace(':', '+') : key).replace(/[\\/:*?"<>|#]/g, '+');
  if (name.includes('(')) name = name.replace(/\)$/, '').replace(/\)\(|\(|\)/g, '_');
  if (name.length > maxLength || (name !== name.toLowerCase() && !name.startsWith('file+'))) {
    return `${name.slice(0, maxLength - 33)}_${bytesToHex(sha256(utf8ToBytes(name))).slice(0, 32)}`;
  }
  return name;
}

/** The place of the package itself. */
export function virtualPlace(key: string): string {
  return `node_modules/.pnpm/${virtualFolder(key)}/node_modules/${nameOfKey(key)}`;
}
