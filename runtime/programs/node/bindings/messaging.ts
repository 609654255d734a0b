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
    /** Contexts share one realm here, so the port can stay the object it is. */
    moveMessagePortToContext(port: unknown): unknown {
      if (ports.isPort(port)) return port;
      const error = new TypeError('The "port" argument must be a MessagePort instance') as TypeError & { code: string };
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    },
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
