import type { NodeRealm, Untyped } from '../realm.ts';
import { formatAddress, parseAddress } from '../ip-address.ts';

/** Bit of an object's transfer mode. */
const kCloneable = 2;
const AF_INET = 2;
const AF_INET6 = 10;

type Rule =
  | { readonly kind: 'address'; readonly family: number; readonly address: bigint; readonly text: string }
  | { readonly kind: 'range'; readonly family: number; readonly from: bigint; readonly to: bigint; readonly text: string }
  | { readonly kind: 'subnet'; readonly family: number; readonly network: bigint; readonly mask: bigint; readonly text: string };

/** `internalBinding('block_list')`. */
export function makeBlockList(realm: NodeRealm): Untyped {
  class SocketAddress {
    readonly value: bigint;
    readonly family: number;
    readonly text: string;
    readonly port: number;
    readonly label: number;

    constructor(address: string, port: number, family: number, label: number) {
      const value = parseAddress(address, family === AF_INET ? 4 : 6);
      if (value === undefined) throw new (realm.requireBuiltin('internal/errors').codes.ERR_INVALID_ADDRESS)();
      this.value = value;
      this.family = family;
      this.text = formatAddress(value, family === AF_INET ? 4 : 6);
      this.port = port;
      this.label = label;
      cloneable(this);
    }

    detail(into: Untyped): Untyped {
      into.address = this.text;
      into.port = this.port;
      into.family = this.family;
      into.flowlabel = this.label >>> 0;
      return into;
    }

    flowlabel(): number {
      return this.label >>> 0;
    }
  }

  /** An IPv4 address that is written as IPv6 counts as what it is. */
  const asV4 = (address: SocketAddress): bigint | undefined =>
    address.family === AF_INET ? address.value : address.value >> 32n === 0xffffn ? address.value & 0xffffffffn : undefined;

  /** Threads share none of these: another has a copy. */
  const cloneable = (object: object) =>
    Object.defineProperty(object, realm.privateSymbols['transfer_mode_private_symbol']!, { value: kCloneable });

  class BlockList {
    #rules: Rule[] = [];

    constructor() {
      cloneable(this);
    }

    static rulesOf(object: object): readonly Rule[] | undefined {
      return #rules in object ? object.#rules : undefined;
    }

    static withRules(rules: readonly Rule[]): BlockList {
      const list = new BlockList();
      list.#rules = [...rules];
      return list;
    }

    addAddress(address: SocketAddress): void {
      const { family, value } = address;
      this.#rules.unshift({ kind: 'address', family, address: value, text: `Address: ${name(family)} ${address.text}` });
    }
    addRange(from: SocketAddress, to: SocketAddress): boolean {
      if (from.value > to.value) return false;
      this.#rules.unshift({
        kind: 'range',
        family: from.family,
        from: from.value,
        to: to.value,
        text: `Range: ${name(from.family)} ${from.text}-${to.text}`,
      });
      return true;
    }
    addSubnet(network: SocketAddress, prefix: number): void {
      const bits = network.family === AF_INET ? 32n : 128n;
      const mask = ((1n << BigInt(prefix)) - 1n) << (bits - BigInt(prefix));
      this.#rules.unshift({
        kind: 'subnet',
        family: network.family,
        network: network.value & mask,
        mask,
        text: `Subnet: ${name(network.family)} ${network.text}/${prefix}`,
      });
    }
    addAddresses(addresses: readonly SocketAddress[]): void {
      for (const address of addresses) this.addAddress(address);
    }
    removeAddress(address: SocketAddress): void {
      const at = this.#rules.findIndex(
        (rule) => rule.kind === 'address' && rule.family === address.family && rule.address === address.value,
      );
      if (at >= 0) this.#rules.splice(at, 1);
    }
    removeRange(from: SocketAddress, to: SocketAddress): void {
      const at = this.#rules.findIndex(
        (rule) => rule.kind === 'range' && rule.family === from.family && rule.from === from.value && rule.to === to.value,
      );
      if (at >= 0) this.#rules.splice(at, 1);
    }
    removeSubnet(network: SocketAddress, prefix: number): void {
      const text = `Subnet: ${name(network.family)} ${network.text}/${prefix}`;
      const at = this.#rules.findIndex((rule) => rule.text === text);
      if (at >= 0) this.#rules.splice(at, 1);
    }
    /** Undefined if `address` is not one of `family`. */
    checkString(address: string, family: number): boolean | undefined {
      if (parseAddress(address, family === AF_INET ? 4 : 6) === undefined) return undefined;
      return this.check(new SocketAddress(address, 0, family, 0));
    }
    check(address: SocketAddress): boolean {
      const v4 = asV4(address);
      return this.#rules.some((rule) => {
        const value = rule.family === address.family ? address.value : rule.family === AF_INET ? v4 : undefined;
        if (value === undefined) return false;
        if (rule.kind === 'address') return rule.address === value;
        return rule.kind === 'range' ? value >= rule.from && value <= rule.to : (value & rule.mask) === rule.network;
      });
    }
    getRules(): string[] {
      // Node keeps each kind in a table of its own; newest first.
      const rank = ({ kind, family }: Rule) => (kind === 'address' ? (family === AF_INET ? 0 : 1) : kind === 'subnet' ? 2 : 3);
      return [...this.#rules].sort((a, b) => rank(a) - rank(b)).map((rule) => rule.text);
    }
    getSize(): number {
      return this.#rules.length;
    }
    clear(): void {
      this.#rules = [];
    }
  }
  realm.nativeCloners.set('internal/blocklist', {
    give: (object) => (object instanceof BlockList ? { rules: BlockList.rulesOf(object) } : undefined),
    take: (data) => BlockList.withRules((data as { rules: readonly Rule[] }).rules),
  });
  realm.nativeCloners.set('internal/socketaddress', {
    give: (object) => {
      if (!(object instanceof SocketAddress)) return undefined;
      const { text, port, family, label } = object;
      return [text, port, family, label];
    },
    take: (data) => new SocketAddress(...(data as ConstructorParameters<typeof SocketAddress>)),
  });
  const name = (family: number) => (family === AF_INET ? 'IPv4' : 'IPv6');
  return { BlockList, SocketAddress, AF_INET, AF_INET6 };
}
