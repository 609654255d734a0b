/** `--disable-proto`: what `Object.prototype.__proto__` is then, in all contexts, since these share one realm. */
export function limitProto(mode: 'delete' | 'throw'): void {
  if (mode === 'delete') {
    delete (Object.prototype as { __proto__?: unknown }).__proto__;
    return;
  }
  const refuse = () => {
    throw Object.assign(new Error('Accessing Object.prototype.__proto__ has been disallowed with --disable-proto=throw'), {
      code: 'ERR_PROTO_ACCESS',
    });
  };
  const [get, set] = [() => refuse(), () => refuse()];
  for (const accessor of [get, set]) Object.defineProperty(accessor, 'name', { value: '' });
  Object.defineProperty(Object.prototype, '__proto__', { get, set, enumerable: false, configurable: true });
}
