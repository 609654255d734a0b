import assert from 'node:assert/strict';
import { test } from 'node:test';
import { URL as ItsURL } from './modules/url.ts';

test('URL of npm’s code reads addresses as the platform does', () => {
  for (const address of ['https://example.com:8080/a b?c#d', 'git+ssh://git@github.com/a/b.git', 'file:../x', 'npm:a@1']) {
    const url = new ItsURL(address);
    assert.equal(url.href, new URL(address).href);
    assert.ok(url instanceof URL);
  }
  assert.equal(new ItsURL('../x.tgz', 'https://example.com/a/b/').href, 'https://example.com/a/x.tgz');
});

test('URL of npm’s code fails as Node’s does, and leaves the traces of other errors as they are', () => {
  const { stackTraceLimit } = Error;
  for (const address of ['react@^19.0.0', '', 'a/b', 'http://']) {
    const failure = (URLClass: typeof URL) => {
      try {
        new URLClass(address);
      } catch (error) {
        const { name, message, code, input } = error as { name: string; message: string; code: string; input: string };
        return { name, message, code, input };
      }
      return undefined;
    };
    assert.deepEqual(failure(ItsURL), failure(URL));
  }
  assert.equal(Error.stackTraceLimit, stackTraceLimit);
});

test('URL of npm’s code leaves no stackTraceLimit in an engine that has none', () => {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')!;
  delete (Error as Partial<typeof Error>).stackTraceLimit;
  try {
    assert.throws(() => new ItsURL('a/b'), { code: 'ERR_INVALID_URL' });
    assert.equal('stackTraceLimit' in Error, false);
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', limit);
  }
});
