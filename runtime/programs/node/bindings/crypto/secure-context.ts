import { unavailable } from '../absent.ts';

/** What a program wishes of a handshake that the page's browser makes: it settles these by itself. */
const wishes = [
  'addRootCerts',
  'setAllowPartialTrustChain',
  'setCertificateCompression',
  'setCipherSuites',
  'setCiphers',
  'setDHParam',
  'setECDHCurve',
  'setMaxProto',
  'setMinProto',
  'setOptions',
  'setSessionIdContext',
  'setSessionTimeout',
  'setSigalgs',
  'close',
];

/** What would decide on whom to trust, or say who the program is. */
const refused = {
  addCACert: 'ca',
  addCRL: 'crl',
  loadPKCS12: 'pfx',
  setCert: 'cert',
  setKey: 'key',
  setEngineKey: 'privateKeyEngine',
  setClientCertEngine: 'clientCertEngine',
  setTicketKeys: 'ticketKeys',
} as const;

/** `SecureContext` of `internalBinding('crypto')`, for clients: the page's browser has its own certificates and trusts whom it trusts. */
export class SecureContext {
  #min = 0;
  #max = 0;

  init(_protocol: unknown, min: number, max: number): void {
    this.#min = min;
    this.#max = max;
  }

  getMinProto(): number {
    return this.#min;
  }

  getMaxProto(): number {
    return this.#max;
  }
}

for (const name of wishes) Object.defineProperty(SecureContext.prototype, name, { value: () => {}, writable: true, configurable: true });
for (const [name, option] of Object.entries(refused)) {
  Object.defineProperty(SecureContext.prototype, name, {
    value: () => {
      throw unavailable(
        `TLS with \`${option}\``,
        "the page's browser has its own certificates, and there are no TLS servers in a container",
      );
    },
    writable: true,
    configurable: true,
  });
}
