import type { MakeBinding } from '../realm.ts';
import { requestClass } from '../wraps/async-wrap.ts';
import { uv } from '../wraps/errors.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { unavailable } from './absent.ts';

const methods =
  'recvStart recvStop open bind connect send bind6 connect6 send6 disconnect getpeername getsockname addMembership dropMembership addSourceSpecificMembership dropSourceSpecificMembership setMulticastInterface setMulticastTTL setMulticastLoopback setBroadcast setTTL bufferSize getSendQueueSize getSendQueueCount'.split(
    ' ',
  );

/** `internalBinding('udp_wrap')`: `node:dgram` loads, and its sockets say that they cannot be used. */
export const makeUdpWrap: MakeBinding = (realm) => {
  const { HandleWrap } = handleWraps(realm);

  class UDP extends HandleWrap {
    constructor() {
      super('UDPWRAP');
    }

    get fd(): number {
      return uv('EBADF');
    }
  }
  for (const name of methods) {
    Object.defineProperty(UDP.prototype, name, {
      value() {
        throw unavailable('dgram', 'a browser gives a page no UDP sockets');
      },
      configurable: true,
      writable: true,
    });
  }

  return {
    UDP,
    SendWrap: requestClass(realm, 'SendWrap', 'UDPSENDWRAP'),
    constants: { UV_UDP_IPV6ONLY: 1, UV_UDP_REUSEADDR: 4, UV_UDP_REUSEPORT: 64 },
  };
};

/** `internalBinding('js_udp_wrap')`. */
export const makeJsUdpWrap: MakeBinding = () => ({
  JSUDPWrap: class JSUDPWrap {
    constructor() {
      throw unavailable('dgram', 'a browser gives a page no UDP sockets');
    }
  },
});
