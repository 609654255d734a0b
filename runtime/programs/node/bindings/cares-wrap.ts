import type { MakeBinding } from '../realm.ts';
import { canonicalIp, familyOf, isIPv4, parseIPv6 } from '../wraps/addresses.ts';
import { asyncWraps, requestClass, type ReqWrap } from '../wraps/async-wrap.ts';
import { errnoOf } from '../wraps/errors.ts';
import { PosixError } from '../../../base/errors.ts';

const DNS_ORDER_VERBATIM = 0;
const DNS_ORDER_IPV4_FIRST = 1;
const DNS_ORDER_IPV6_FIRST = 2;
const UV_EAI_NONAME = -3008;
/** Node's own: servers cannot be changed while one is asked. */
const DNS_ESETSRVPENDING = -1000;

const recordQueries = ['Any', 'Caa', 'Cname', 'Mx', 'Naptr', 'Ns', 'Ptr', 'Srv', 'Soa', 'Tlsa', 'Txt'] as const;

type Server = readonly [host: string, port: number];

/**
 * `internalBinding('cares_wrap')`: names are looked up by the kernel. There is no DNS server to ask for other records: such
 * queries fail with `ECONNREFUSED`, as on a machine without one.
 */
export const makeCaresWrap: MakeBinding = (realm) => {
  const { AsyncWrap, dispatched, finish } = asyncWraps(realm);
  const GetAddrInfoReqWrap = requestClass(realm, 'GetAddrInfoReqWrap', 'GETADDRINFOREQWRAP');
  const GetNameInfoReqWrap = requestClass(realm, 'GetNameInfoReqWrap', 'GETNAMEINFOREQWRAP');
  const QueryReqWrap = requestClass(realm, 'QueryReqWrap', 'QUERYWRAP');

  function lookup(
    host: string,
    family: 0 | 4 | 6,
    done: (error: Error | undefined, addresses: { address: string; family: number }[]) => void,
  ): () => void {
    return realm.syscalls.call('lookup', { host, family }, (outcome) => {
      if (outcome.error) done(outcome.error, []);
      else done(undefined, [...outcome.result.addresses]);
    });
  }

  function getaddrinfo(request: ReqWrap, host: string, family: 0 | 4 | 6, _hints: number, order: number): number {
    dispatched(request);
    lookup(host, family, (error, found) => {
      if (error !== undefined || found.length === 0) {
        const noName =
          error === undefined ||
          (error instanceof PosixError && ['ENOENT', 'EHOSTUNREACH'].includes(error.code)) ||
          (error as { code?: string }).code === 'ENOTFOUND';
        finish(request, [noName ? UV_EAI_NONAME : errnoOf(error) === -5 ? UV_EAI_NONAME : errnoOf(error)]);
        return;
      }
      const first = order === DNS_ORDER_IPV4_FIRST ? 4 : order === DNS_ORDER_IPV6_FIRST ? 6 : 0;
      const sorted =
        first === 0 ? found : [...found.filter((each) => each.family === first), ...found.filter((each) => each.family !== first)];
      finish(request, [null, sorted.map((each) => each.address)]);
    });
    return 0;
  }

  function getnameinfo(request: ReqWrap, address: string, port: number): number {
    dispatched(request);
    const groups = parseIPv6(address);
    const loopback = address.startsWith('127.') || groups?.join() === '0,0,0,0,0,0,0,1';
    // No name server: as one that knows no name, which Node asks for (`NI_NAMEREQD`).
    if (loopback) finish(request, [null, 'localhost', realm.library.part('bindings').serviceOf(port)]);
    else finish(request, [UV_EAI_NONAME]);
    return 0;
  }

  class ChannelWrap extends AsyncWrap {
    #servers: readonly Server[] = [['127.0.0.1', 53]];
    #pending = new Map<ReqWrap, () => void>();

    constructor(_timeout?: number, _tries?: number, _maxTimeout?: number) {
      super('DNSCHANNEL');
    }

    #refuse(request: ReqWrap): number {
      dispatched(request);
      finish(request, ['ECONNREFUSED']);
      return 0;
    }

    #addresses(request: ReqWrap, name: string, family: 4 | 6): number {
      dispatched(request);
      const cancel = lookup(name, family, (error, found) => {
        this.#pending.delete(request);
        const matching = found.filter((each) => each.family === family).map((each) => each.address);
        if (error !== undefined || matching.length === 0) finish(request, [error === undefined ? 'ENODATA' : 'ENOTFOUND']);
        else finish(request, [null, matching, matching.map(() => 0)]);
      });
      this.#pending.set(request, cancel);
      return 0;
    }

    queryA(request: ReqWrap, name: string): number {
      return this.#addresses(request, name, 4);
    }

    queryAaaa(request: ReqWrap, name: string): number {
      return this.#addresses(request, name, 6);
    }

    getHostByAddr(request: ReqWrap, address: string): number {
      if (canonicalIp(address) === undefined) return -22;
      if (!address.startsWith('127.') && address !== '::1') return this.#refuse(request);
      dispatched(request);
      finish(request, [null, ['localhost']]);
      return 0;
    }

    /** Every record query that only a DNS server could answer. */
    static refuse(channel: ChannelWrap, request: ReqWrap): number {
      return channel.#refuse(request);
    }

    getServers(): Server[] {
      return this.#servers.map(([host, port]) => [host, port]);
    }

    setServers(servers: readonly (readonly [family: number, host: string, port: number])[]): number {
      if (this.#pending.size > 0) return DNS_ESETSRVPENDING;
      this.#servers = servers.map(([, host, port]) => [host, port]);
      return 0;
    }

    setLocalAddress(first: string, second?: string): void {
      const { ERR_INVALID_ARG_VALUE } = realm.requireBuiltin('internal/errors').codes;
      const kinds = [first, second].filter((each) => each !== undefined).map((each) => (isIPv4(each) ? 4 : parseIPv6(each) ? 6 : 0));
      if (kinds.includes(0)) throw new ERR_INVALID_ARG_VALUE('address', kinds[0] === 0 ? first : second);
      if (kinds[0] === kinds[1]) throw new ERR_INVALID_ARG_VALUE('address', second, `Cannot specify two IPv${kinds[0]} addresses.`);
    }

    cancel(): void {
      const pending = [...this.#pending];
      this.#pending.clear();
      for (const [request, cancel] of pending) {
        cancel();
        finish(request, ['ECANCELLED']);
      }
    }
  }
  const { refuse } = ChannelWrap;
  Reflect.deleteProperty(ChannelWrap, 'refuse');
  for (const record of recordQueries) {
    Object.defineProperty(ChannelWrap.prototype, `query${record}`, {
      value(this: ChannelWrap, request: ReqWrap): number {
        return refuse(this, request);
      },
      configurable: true,
      writable: true,
    });
  }

  return {
    getaddrinfo,
    getnameinfo,
    canonicalizeIP: (text: string) => canonicalIp(text),
    convertIpv6StringToBuffer(text: string): Uint8Array | undefined {
      const groups = parseIPv6(text);
      return groups && realm.requireBuiltin('buffer').Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
    },
    strerror: (code: number | string) =>
      code === DNS_ESETSRVPENDING ? 'There are pending queries.' : realm.library.part('bindings').aresTextOf(code),
    AF_INET: 2,
    AF_INET6: 10,
    AF_UNSPEC: 0,
    AI_ADDRCONFIG: 32,
    AI_ALL: 16,
    AI_V4MAPPED: 8,
    DNS_ORDER_VERBATIM,
    DNS_ORDER_IPV4_FIRST,
    DNS_ORDER_IPV6_FIRST,
    GetAddrInfoReqWrap,
    GetNameInfoReqWrap,
    QueryReqWrap,
    ChannelWrap,
    familyOf,
  };
};
