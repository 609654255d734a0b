/** Names of hosts that are not ASCII. */
export { domainToUnicode } from '../domain-to-unicode.ts';
