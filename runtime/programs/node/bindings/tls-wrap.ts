import type { MakeBinding } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('tls_wrap')`: `node:tls` and `node:https` load; a TLS connection says that it cannot be made. */
export const makeTlsWrap: MakeBinding = () => {
  const refuse = () => unavailable('TLS', 'a browser gives a page no network sockets; fetch() reaches https servers');
  return {
    TLSWrap: class TLSWrap {
      constructor() {
        throw refuse();
      }
    },
    wrap() {
      throw refuse();
    },
    HAVE_SSL_TRACE: 0,
  };
};
