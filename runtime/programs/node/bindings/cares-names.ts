/** Names and texts of `internalBinding('cares_wrap')` that few programs ask for. */

const ARES_ENOTIMP = 5;

/** Texts of c-ares by number, as `ares_strerror` gives them. */
const aresTexts: readonly string[] = [
  'Successful completion',
  'DNS server returned answer with no data',
  'DNS server claims query was misformatted',
  'DNS server returned general failure',
  'Domain name not found',
  'DNS server does not implement requested operation',
  'DNS server refused query',
  'Misformatted DNS query',
  'Misformatted domain name',
  'Unsupported address family',
  'Misformatted DNS reply',
  'Could not contact DNS servers',
  'Timeout while contacting DNS servers',
  'End of file',
  'Error reading file',
  'Out of memory',
  'Channel is being destroyed',
  'Misformatted string',
  'Illegal flags specified',
  'Given hostname is not numeric',
  'Illegal hints flags specified',
  'c-ares library initialization not yet performed',
  'Error loading iphlpapi.dll',
  'Could not find GetNetworkParams function',
  'DNS query cancelled',
];

const services: Readonly<Record<number, string>> = {
  7: 'echo',
  20: 'ftp-data',
  21: 'ftp',
  22: 'ssh',
  23: 'telnet',
  25: 'smtp',
  53: 'domain',
  80: 'http',
  110: 'pop3',
  143: 'imap2',
  443: 'https',
  465: 'submissions',
  587: 'submission',
  993: 'imaps',
  995: 'pop3s',
};

/** What c-ares says of an error, by its number; of anything else, as Node does. */
export function aresTextOf(code: number | string): string {
  return typeof code === 'number' ? (aresTexts[code] ?? 'unknown') : (aresTexts[ARES_ENOTIMP] as string);
}

/** The service at a port, as `getnameinfo()` names it. */
export const serviceOf = (port: number): string => services[port] ?? String(port);
