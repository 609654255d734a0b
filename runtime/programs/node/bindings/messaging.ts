import type { Realm } from '../boot.ts';
import type { MakeBinding, Untyped } from '../realm.ts';
import { messagePorts } from '../wraps/message-ports.ts';

/** `internalBinding('messaging')`. */
export const makeMessaging: MakeBinding = (realm) => {
  const ports = messagePorts(realm);
  const domException = (): Untyped => (realm as Realm).builtins.perContext.get('internal/per_context/domexception')?.DOMException;

  return {
    MessagePort: ports.MessagePort,
    MessageChannel: ports.MessageChannel,
    broadcastChannel: ports.broadcastChannel,
    drainMessagePort: (port: object) => ports.drain(port),
    stopMessagePort: (port: object) => ports.stop(port),
    receiveMessageOnPort: (port: unknown) => ports.receive(port),
    checkMessagePort: (value: unknown) => ports.isPort(value),
    moveMessagePortToContext: (port: unknown) => ports.moveToContext(port),
    setDeserializerCreateObjectFunction: (create: (info: string) => unknown) => ports.setCreateObject(create),
    structuredClone: (value: unknown, options?: { transfer?: readonly unknown[] }) => ports.clone(value, options?.transfer ?? []),
    exposeLazyDOMExceptionProperty(target: object) {
      Object.defineProperty(target, 'DOMException', {
        configurable: true,
        enumerable: false,
        get: domException,
        set(value: unknown) {
          Object.defineProperty(target, 'DOMException', { value, writable: true, configurable: true, enumerable: false });
        },
      });
    },
    get DOMException() {
      return domException();
    },
  };
};
