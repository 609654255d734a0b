import type { Realm } from '../boot.ts';
import type { MakeBinding, Untyped } from '../realm.ts';
import { portsOf, setCreateObject } from '../wraps/lazy-ports.ts';

/** `internalBinding('messaging')`. */
export const makeMessaging: MakeBinding = (realm) => {
  const ports = () => portsOf(realm);
  const domException = (): Untyped => (realm as Realm).builtins.perContext.get('internal/per_context/domexception')?.DOMException;

  return {
    get MessagePort() {
      return ports().MessagePort;
    },
    get MessageChannel() {
      return ports().MessageChannel;
    },
    get broadcastChannel() {
      return ports().broadcastChannel;
    },
    drainMessagePort: (port: object) => ports().drain(port),
    stopMessagePort: (port: object) => ports().stop(port),
    receiveMessageOnPort: (port: unknown) => ports().receive(port),
    checkMessagePort: (value: unknown) => ports().isPort(value),
    moveMessagePortToContext: (port: unknown) => ports().moveToContext(port),
    setDeserializerCreateObjectFunction: (create: (info: string) => unknown) => setCreateObject(realm, create),
    structuredClone: (value: unknown, options?: { transfer?: readonly unknown[] }) => ports().clone(value, options?.transfer ?? []),
    // It is there already: the library begins with it.
    exposeLazyDOMExceptionProperty(target: object) {
      Object.defineProperty(target, 'DOMException', { value: domException(), writable: true, configurable: true, enumerable: false });
    },
    get DOMException() {
      return domException();
    },
  };
};
