import type { CodeReading } from './code-reading.ts';

const none = (code: number) => code <= 0x01 || code === 0x05 || code === 0x0b || code === 0x0f || code === 0x1a || code === 0x1b;
const computes = (code: number) => code >= 0x45 && code <= 0xc4;
const oneNumber = new Set([0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0xd2]);

/**
 * Goes on behind what follows an instruction's number. `'known'` of those that `resumable-source.ts` knows, `'read'` of others,
 * `'unknown'` where it cannot be told what follows.
 */
export function skipOperands(reading: CodeReading, code: number): 'known' | 'read' | 'unknown' {
  if (none(code) || computes(code)) return 'known';
  let numbers = 1;
  let bytes = 0;
  let isKnown = true;
  if (code >= 0x02 && code <= 0x04) {
    reading.signed32();
    return 'known';
  }
  if (code === 0x0e) reading.each(() => reading.unsigned());
  else if (code === 0x1c) {
    reading.each(() => reading.unsigned());
    return 'known';
  } else if (code === 0x43 || code === 0x44) {
    bytes = code === 0x43 ? 4 : 8;
    numbers = 0;
  } else if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) numbers = 2;
  else if (code === 0xfe) {
    const atomic = reading.unsigned();
    if (atomic > 0x4e) return 'unknown';
    numbers = atomic === 3 ? 1 : 2;
  } else if (code === 0xfc) {
    const bulk = reading.unsigned();
    if (bulk > 17) return 'unknown';
    // The others belong to segments and tables.
    isKnown = bulk < 8 || bulk === 10 || bulk === 11;
    numbers = bulk < 8 ? 0 : [8, 10, 12, 14].includes(bulk) ? 2 : 1;
  } else if (code === 0xfd) {
    // Vectors: loads and stores, constants, lanes.
    const vector = reading.unsigned();
    isKnown = false;
    numbers = vector < 12 || (vector >= 84 && vector <= 93) ? 2 : 0;
    bytes = vector === 12 || vector === 13 ? 16 : (vector >= 21 && vector <= 34) || (vector >= 84 && vector <= 91) ? 1 : 0;
  } else if (code !== 0x41 && code !== 0x42 && !oneNumber.has(code)) return 'unknown';
  else isKnown = code !== 0x25 && code !== 0x26 && code !== 0xd2;
  while (numbers-- > 0) reading.unsigned();
  reading.at += bytes;
  return isKnown ? 'known' : 'read';
}
