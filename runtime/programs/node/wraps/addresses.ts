import type { SocketAddress } from '../../../wires/process-wire.ts';
import type { NodeRealm } from '../realm.ts';
import { perRealm } from './per-realm.ts';

/** `inet_pton(AF_INET)`: four decimal parts. */
export function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** The eight groups of an IPv6 address without zone, or undefined. */
export function parseIPv6(text: string): number[] | undefined {
  const zone = text.indexOf('%');
  let address = zone < 0 ? text : text.slice(0, zone);
  const lastColon = address.lastIndexOf(':');
  if (lastColon < 0) return undefined;
  const tail = address.slice(lastColon + 1);
  if (tail.includes('.')) {
    if (!isIPv4(tail)) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
    address = `${address.slice(0, lastColon + 1)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string) => (half === '' ? [] : half.split(':'));
  const head = groups(halves[0] ?? '');
  const rest = groups(halves[1] ?? '');
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => '0'), ...rest];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.map((group) => Number.parseInt(group, 16));
}

/** `inet_ntop(AF_INET6)`: the shortest form. */
function formatIPv6(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const embedded = best.at === 0 && (best.length === 6 || (best.length === 5 && groups[5] === 0xffff));
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (embedded) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${best.length === 6 ? '::' : '::ffff:'}${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  if (best.at < 0) return text(groups);
  return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}

/** The address as the system would print it, or undefined if it is none. */
export function canonicalIp(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const groups = parseIPv6(text);
  return groups && formatIPv6(groups);
}

export function familyOf(host: string): 'IPv4' | 'IPv6' {
  return host.includes(':') ? 'IPv6' : 'IPv4';
}

const ephemeral = { first: 32768, count: 28232 };

/** Of an IPv4 address in IPv6's clothes (`::ffff:127.0.0.1`), itself. */
export function plainIPv4(host: string): string {
  return host.startsWith('::ffff:') && isIPv4(host.slice(7)) ? host.slice(7) : host;
}

/** Whether a listener on `taken` keeps another from listening on `host`. */
function conflicts(taken: string, host: string): boolean {
  const anyOf = (address: string) => address === '::' || address === '0.0.0.0';
  const [one, other] = [plainIPv4(taken), plainIPv4(host)];
  return one === other || one === '::' || other === '::' || (familyOf(one) === familyOf(other) && (anyOf(one) || anyOf(other)));
}

/**
 * The addresses that programs of this container listen on. Node wants to know at once whether a port is free and which one
 * it was given, so the kernel tells each process what others have taken, and this process knows its own.
 */
function makeAddressTable(realm: NodeRealm) {
  const own = new Set<SocketAddress>();
  const others = () => realm.syscalls.listening?.() ?? [];

  function taken(host: string, port: number): boolean {
    const clash = (address: SocketAddress) => 'port' in address && address.port === port && conflicts(address.host, host);
    return [...own].some(clash) || others().some(clash);
  }

  return {
    taken,
    /** Whether a socket of that path, or of that abstract name, is listened on. */
    takenPath(path: string): boolean {
      const same = (address: SocketAddress) => 'path' in address && address.path === path;
      return [...own].some(same) || others().some(same);
    },
    /** Whether this process may be who listens on the address. */
    listensHere: (host: string, port: number) =>
      [...own].some((address) => 'port' in address && address.port === port && conflicts(address.host, host)),
    add: (address: SocketAddress) => void own.add(address),
    remove: (address: SocketAddress) => void own.delete(address),
    /** A free port above those that programs choose by themselves, or 0 if there is none. */
    freePort(host: string): number {
      const random = new Uint8Array(4);
      realm.platform.randomFill(random);
      const start = new DataView(random.buffer, random.byteOffset).getUint32(0) % ephemeral.count;
      for (let i = 0; i < ephemeral.count; i++) {
        const port = ephemeral.first + ((start + i) % ephemeral.count);
        if (!taken(host, port)) return port;
      }
      return 0;
    },
  };
}

export const addressTable = perRealm(makeAddressTable);
