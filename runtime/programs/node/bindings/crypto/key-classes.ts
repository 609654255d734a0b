/** The native classes under `KeyObject` and `CryptoKey`, which Node's library extends as soon as it is loaded. */
import type { NodeRealm, Untyped } from '../../realm.ts';

/** The builtin that makes the binding: where `nativeCloners` has how keys get into another thread. */
export const keyCloner = 'internal/crypto/keys';

/** Bit of an object's transfer mode. */
const kCloneable = 2;

type Slots = WeakMap<object, readonly unknown[]>;

function slotsIn(slots: Slots, name: string) {
  return (key: object): unknown[] => {
    const found = slots.get(key);
    if (found === undefined) throw Object.assign(new TypeError(`Value of "this" must be of type ${name}`), { code: 'ERR_INVALID_THIS' });
    return [...found];
  };
}

export class KeyClasses {
  // What the two classes hold is for `getKeyObjectSlots` and `getCryptoKeySlots` only.
  readonly keySlots: Slots = new WeakMap();
  readonly cryptoKeySlots: Slots = new WeakMap();
  readonly binding: Untyped;
  #CryptoKey: Untyped;
  #keyObjects: Untyped[] = [];

  constructor(realm: NodeRealm) {
    const { keySlots, cryptoKeySlots } = this;
    /** `structuredClone` shares keys: they never change. */
    const shareable = (key: object) =>
      Object.defineProperty(key, realm.privateSymbols['transfer_mode_private_symbol']!, { value: kCloneable });
    class NativeKeyObject {
      constructor(handle: Untyped) {
        shareable(this);
        keySlots.set(this, [handle.getKeyType(), handle]);
      }
    }
    class NativeCryptoKey {
      constructor(handle: Untyped, algorithm: unknown, usages: number, extractable: boolean) {
        shareable(this);
        cryptoKeySlots.set(this, [handle.getKeyType(), extractable, algorithm, usages, handle]);
      }
    }
    this.binding = {
      createNativeKeyObjectClass: (make: (base: Untyped) => Untyped) => (this.#keyObjects = make(NativeKeyObject)),
      getKeyObjectSlots: slotsIn(keySlots, 'KeyObject'),
      createCryptoKeyClass: (make: (base: Untyped) => Untyped) => {
        const classes = make(NativeCryptoKey);
        this.#CryptoKey = classes[1];
        return classes;
      },
      getCryptoKeySlots: slotsIn(cryptoKeySlots, 'CryptoKey'),
    };
  }

  /** `kind`: 0 for secret, 1 for public, 2 for private keys. */
  newKeyObject(kind: number, handle: Untyped): Untyped {
    return new this.#keyObjects[1 + kind](handle); // Behind `KeyObject` itself.
  }

  newCryptoKey(handle: Untyped, algorithm: unknown, usages: number, extractable: boolean): Untyped {
    return new this.#CryptoKey(handle, algorithm, usages, extractable);
  }
}
