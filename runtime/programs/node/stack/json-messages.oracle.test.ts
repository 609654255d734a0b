import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonMessage } from './json-messages.ts';

const texts = [
  ...['', ' ', '{', '[', '{"a"', '{"a":', '{"a":1', '{"a":1,', '[1', '[1,', '"abc', '"a\\', '"a\\u00', '"a\\u00g0"', '"a\\x"', '"a\nb"'],
  ...['{a', '{1:2}', '{"a" 1}', '{"a":1 "b"}', '{"a":1,}', '{"a":1,b}', '[1 2]', '[1,]', '[,]', '1 2', '{} x', 'tru', 'trux', 'nul', 'x'],
  ...['-', '-x', '01', '1.', '1.x', '1e', '1e+', '1ex', '"a" "b"', '["a" "b"]', 'undefined', '[object Object]', 'NaN', "'a'", '\u0001'],
  ...['body', 'a text that is longer than twenty units', '["a text that is longer", than twenty units]', '[1, 2, 3, 4, 5, 6, 7, 8, 9, ]'],
  ...['{\n  "a": 1,\n  b\n}', '<!doctype html><p>', '[[[[', '{"a":[1,{"b":tru}]}', '\ufeff{}', '{"a":\r\n\r\n x}', '[fals]', '[-]', '[01]'],
];

for (const text of texts) {
  test(`as V8 says it: ${JSON.stringify(text)}`, () => {
    let said: string | undefined;
    try {
      JSON.parse(text);
    } catch (error) {
      said = (error as Error).message;
    }
    assert.equal(jsonMessage(text), said);
  });
}
