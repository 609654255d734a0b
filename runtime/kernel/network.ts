import { PosixError } from '../base/errors.ts';
import type { ListeningAddress, SocketAddress } from '../wires/process-wire.ts';
import type { Caller } from './kernel-object.ts';
import { Listener } from './listener.ts';
import type { ByteChannelOptions } from './pipe.ts';
import { makeSocketPair, type Socket } from './socket.ts';

/** How a container calls itself, in `/etc/hosts` and `os.hostname()`. */
export const hostName = 'bavini';
const firstEphemeral = 32_768;
const lastEphemeral = 60_999;

export interface NetworkOptions {
  readonly channel: ByteChannelOptions;
  readonly maxBacklog: number;
  readonly maxConnections: number;
  /** All addresses that are listened on, after one came or went. */
  readonly onListening: (addresses: readonly ListeningAddress[]) => void;
  readonly onPort: (port: number, state: 'open' | 'close') => void;
  /** Connects to another machine; fails with `ECONNREFUSED` where the policy forbids it. */
  readonly outbound: (host: string, port: number, caller: Caller) => Socket | Promise<Socket>;
}

type Family = 4 | 6;
interface LocalAddress {
  readonly host: string;
  readonly family: Family;
  readonly wildcard: boolean;
}

/** The ports and socket paths of one container. Nothing in it reaches another container. */
export class Network {
  readonly #options: NetworkOptions;
  readonly #listeners = new Set<Listener>();
  #nextEphemeral = firstEphemeral;
  #connections = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  get addresses(): readonly ListeningAddress[] {
    return [...this.#listeners].map(({ address, owner }) => ({ address, owner }));
  }

  get openPorts(): readonly number[] {
    return [...new Set([...this.#listeners].flatMap(({ address }) => ('port' in address ? [address.port] : [])))].sort((a, b) => a - b);
  }

  get connections(): number {
    return this.#connections;
  }

  isOpen(port: number): boolean {
    return this.#onPort(port).length > 0;
  }

  /** Fails with `EADDRINUSE`, or `EADDRNOTAVAIL` for an address of another machine. */
  listen({ address, owner }: ListeningAddress, backlog: number): Listener {
    let bound: SocketAddress;
    if ('path' in address) {
      if (this.#onPath(address.path)) throw new PosixError('EADDRINUSE');
      bound = address;
    } else {
      const local = localAddress(address.host);
      if (!local) throw new PosixError('EADDRNOTAVAIL');
      const port = address.port === 0 ? this.#freePort(local) : address.port;
      if (this.#isTaken(local, port)) throw new PosixError('EADDRINUSE');
      bound = { host: local.host, port };
    }
    const wasOpen = 'port' in bound && this.isOpen(bound.port);
    const maxBacklog = Math.max(1, Math.min(backlog, this.#options.maxBacklog));
    const listener = new Listener({ address: bound, owner }, maxBacklog, () => this.#closed(listener));
    this.#listeners.add(listener);
    this.#options.onListening(this.addresses);
    if ('port' in bound && !wasOpen) this.#options.onPort(bound.port, 'open');
    return listener;
  }

  /** Fails with `ECONNREFUSED`, `ENOENT` (no such socket path) or `ENFILE`. */
  connect(address: SocketAddress, caller: Caller): Socket | Promise<Socket> {
    if ('path' in address) {
      const listener = this.#onPath(address.path);
      if (!listener) throw new PosixError('ENOENT');
      return this.#join(listener, { path: '' }, address, { path: '' });
    }
    const local = localAddress(address.host);
    if (!local) return this.#options.outbound(address.host, address.port, caller);
    const host = local.host === '0.0.0.0' ? '127.0.0.1' : local.host === '::' ? '::1' : local.host;
    const family = local.family;
    const candidates = this.#onPort(address.port);
    const listener =
      candidates.find((one) => one.host === host) ??
      candidates.find((one) => one.host === (family === 4 ? '0.0.0.0' : '::')) ??
      (family === 4 ? candidates.find((one) => one.host === '::') : undefined);
    if (!listener) throw new PosixError('ECONNREFUSED');
    return this.#dial(listener, host, address.port, family);
  }

  /** For the page, which means the port and not an address. Undefined if nothing listens. */
  connectToPort(port: number): Socket | undefined {
    const candidates = this.#onPort(port);
    const listener = candidates.find((one) => one.host !== '::1') ?? candidates[0];
    if (!listener) return undefined;
    const host =
      listener.host === '::1' ? '::1' : listener.host === '0.0.0.0' || listener.host === '::' ? '127.0.0.1' : (listener.host ?? '');
    return this.#dial(listener, host, port, host === '::1' ? 6 : 4);
  }

  #dial(listener: Listener, host: string, port: number, family: Family): Socket {
    const client = { host, port: this.#ephemeral() };
    const mapped = family === 4 && listener.host === '::' ? '::ffff:' : '';
    return this.#join(listener, client, { host, port }, { host: mapped + host, port: client.port }, { host: mapped + host, port });
  }

  #join(listener: Listener, local: SocketAddress, remote: SocketAddress, seen: SocketAddress, at: SocketAddress = remote): Socket {
    if (listener.full) throw new PosixError('ECONNREFUSED');
    if (this.#connections >= this.#options.maxConnections) throw new PosixError('ENFILE');
    let open = 2;
    const onClose = () => {
      if (--open === 0) this.#connections--;
    };
    this.#connections++;
    const { a, b } = makeSocketPair(this.#options.channel, { local, remote, onClose }, { local: at, remote: seen, onClose });
    listener.deliver(b);
    return a;
  }

  #closed(listener: Listener): void {
    this.#listeners.delete(listener);
    this.#options.onListening(this.addresses);
    const { address } = listener;
    if ('port' in address && !this.isOpen(address.port)) this.#options.onPort(address.port, 'close');
  }

  #onPath(path: string): Listener | undefined {
    return [...this.#listeners].find(({ address }) => 'path' in address && address.path === path);
  }

  #onPort(port: number): readonly Listener[] {
    return [...this.#listeners].filter(({ address }) => 'port' in address && address.port === port);
  }

  /** `::` takes IPv4 too (`IPV6_V6ONLY` off, as Node binds it). */
  #isTaken(local: LocalAddress, port: number): boolean {
    return this.#onPort(port).some(({ host = '' }) => {
      if (host === local.host || host === '::' || local.host === '::') return true;
      const other = localAddress(host);
      return other?.family === local.family && (other.wildcard || local.wildcard);
    });
  }

  #freePort(local: LocalAddress): number {
    for (let tries = lastEphemeral - firstEphemeral; tries >= 0; tries--) {
      const port = this.#ephemeral();
      if (!this.#isTaken(local, port)) return port;
    }
    throw new PosixError('EADDRINUSE');
  }

  #ephemeral(): number {
    const port = this.#nextEphemeral;
    this.#nextEphemeral = port === lastEphemeral ? firstEphemeral : port + 1;
    return port;
  }
}

/** What a host means inside the container; undefined if it is another machine's. */
export function localAddress(host: string): LocalAddress | undefined {
  const name = host.toLowerCase();
  const v4 = name.startsWith('::ffff:') ? name.slice(7) : name;
  if (name === '' || v4 === '0.0.0.0') return { host: '0.0.0.0', family: 4, wildcard: true };
  if (name === '::' || name === '::0') return { host: '::', family: 6, wildcard: true };
  if (name === '::1' || name === '0:0:0:0:0:0:0:1') return { host: '::1', family: 6, wildcard: false };
  if (name === 'localhost' || name.endsWith('.localhost') || name === hostName) return { host: '127.0.0.1', family: 4, wildcard: false };
  if (/^127\.(\d{1,3}\.){2}\d{1,3}$/.test(v4) && v4.split('.').every((part) => Number(part) < 256))
    return { host: v4, family: 4, wildcard: false };
  return undefined;
}
