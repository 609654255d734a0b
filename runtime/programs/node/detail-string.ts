/** How Node shows a value that it must not touch: one that ended the process. */

/** `v8::Value::ToDetailString`: what a value is, without running any of its code. */
export function noSideEffectsToString(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const data = (key: PropertyKey): unknown => {
    for (let object: object | null = value; object !== null; object = Object.getPrototypeOf(object) as object | null) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor !== undefined) return 'value' in descriptor ? (descriptor.value as unknown) : undefined;
    }
    return undefined;
  };
  if (value instanceof Error) {
    const name = data('name');
    const message = data('message');
    const nameText = typeof name === 'string' ? name : 'Error';
    const messageText = typeof message === 'string' ? message : '';
    return messageText === '' ? nameText : nameText === '' ? messageText : `${nameText}: ${messageText}`;
  }
  const constructor = data('constructor');
  const name = typeof constructor === 'function' ? constructor.name : '';
  if (name !== '' && data('toString') === Object.prototype.toString) return `#<${name}>`;
  const tag = data(Symbol.toStringTag);
  return `[object ${typeof tag === 'string' ? tag : name === '' ? 'Object' : name}]`;
}
