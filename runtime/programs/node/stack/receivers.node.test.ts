import assert from 'node:assert/strict';
import { test } from 'node:test';
import { methodOf, typeNameOf } from './receivers.ts';

/** What this engine, V8, says of the call. */
function shownByV8(run: () => unknown): string {
  const Errors = Error as unknown as { prepareStackTrace: unknown };
  Errors.prepareStackTrace = (_: unknown, [, site]: readonly { getTypeName(): string | null }[]) => String(site!.getTypeName());
  try {
    return String(run());
  } finally {
    Errors.prepareStackTrace = undefined;
  }
}

class Animal {
  stack(): unknown {
    return (() => new Error().stack)();
  }
}
class Dog extends Animal {}

test('typeNameOf() calls objects what V8 calls them', () => {
  const { stack } = Animal.prototype;
  for (const self of [new Dog(), new Animal(), {}, [], Object.create(null), new (class extends Dog {})(), new Map(), 'text', undefined])
    assert.equal(
      String(typeNameOf(self)),
      shownByV8(() => stack.call(self as Animal)),
      String(typeNameOf(self)),
    );
});

test('methodOf() finds a property by the name of its function, or by its text', () => {
  const done = () => 1;
  assert.equal(methodOf({ oncomplete: done }, 'done', undefined), 'oncomplete');
  assert.equal(methodOf({ done, oncomplete: done }, 'done', undefined), 'done');
  assert.equal(methodOf({ a: () => 1, b: () => 2 }, null, '() => 2'), 'b');
  assert.equal(methodOf({ a: () => 1, b: () => 1 }, null, '() => 1'), undefined);
  assert.equal(methodOf(new Dog(), 'stack', undefined), 'stack');
});
