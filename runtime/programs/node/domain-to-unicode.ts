import { toUnicode } from 'punycode/';

/** UTS #46 ToUnicode as far as RFC 3492 decoding goes; what cannot be decoded stays as it is. */
export function domainToUnicode(domain: string): string {
  try {
    return toUnicode(domain);
  } catch {
    return domain; // Not valid Punycode.
  }
}
