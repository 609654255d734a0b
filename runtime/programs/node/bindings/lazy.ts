/**
 * Bindings that few programs need and that are large: each is a script of its own among the sources of Node's library
 * (`bavini/<name>`, made by `runtime/tools/node-library/lazy-parts.ts`), evaluated when the binding is first asked for.
 */
import { BvError } from '../../../base/errors.ts';
import type { MakeBinding } from '../realm.ts';

export function lazyBinding(name: string): MakeBinding {
  return (realm) => {
    const id = `bavini/${name}`;
    const source = realm.source(id);
    if (source === undefined) throw new BvError('ERR_BV_ASSET', `Cannot load "${id}": this build's layers of Node's library lack it`);
    const { platform } = realm;
    const open = platform.evaluate(source, `node:internal/${id}`) as (crypto: object) => MakeBinding;
    const getRandomValues = <T extends Uint8Array>(bytes: T): T => {
      platform.randomFill(bytes);
      return bytes;
    };
    return open({ getRandomValues })(realm);
  };
}
