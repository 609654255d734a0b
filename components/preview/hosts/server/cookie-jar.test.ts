import { assert } from 'chai';
import { CookieJar } from './cookie-jar.ts';

const at = (path: string, port = 3000) => new URL(`http://localhost:${port}${path}`);

describe('CookieJar', () => {
  it('sends what was set to matching paths, longest first, over all ports', () => {
    const jar = new CookieJar();
    jar.set('a=1; Path=/', at('/'), { fromScript: false });
    jar.set('b=2', at('/dir/page'), { fromScript: false });
    jar.set('c=3; Path=/dir/deep', at('/'), { fromScript: false });
    assert.equal(jar.header(at('/dir/deep/x', 4000)), 'c=3; b=2; a=1');
    assert.equal(jar.header(at('/directory')), 'a=1');
    assert.equal(jar.header(new URL('http://example.com/')), '');
  });

  it('forgets by Expires and Max-Age, of which the latter wins', () => {
    let now = 1_000_000;
    const jar = new CookieJar({ now: () => now });
    jar.set('a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT', at('/'), { fromScript: false });
    jar.set('b=2; Expires=Thu, 01-Jan-1970 00:00:00 GMT', at('/'), { fromScript: false });
    assert.equal(jar.header(at('/')), 'a=1');
    now += 11_000;
    assert.equal(jar.header(at('/')), '');
  });

  it('hides HttpOnly cookies from scripts, which can neither read nor replace them', () => {
    const jar = new CookieJar();
    jar.set('s=1; HttpOnly', at('/'), { fromScript: false });
    assert.isFalse(jar.set('s=2', at('/'), { fromScript: true }));
    assert.isFalse(jar.set('t=2; HttpOnly', at('/'), { fromScript: true }));
    assert.equal(jar.header(at('/')), 's=1');
    assert.equal(jar.visible(at('/')), '');
  });

  it('ignores foreign domains, control characters and broken prefixes', () => {
    const jar = new CookieJar();
    for (const text of ['a=1; Domain=example.com', 'a=\x01', '__Host-a=1; Secure; Path=/x', '__Secure-a=1', `a=${'x'.repeat(5000)}`, '']) {
      assert.isFalse(jar.set(text, at('/'), { fromScript: false }), text.slice(0, 30));
    }
    assert.isTrue(jar.set('__Host-a=1; Secure; Path=/', at('/'), { fromScript: false }));
  });

  it('keeps cookies that outlive the session', () => {
    const jar = new CookieJar();
    jar.set('a=1; Max-Age=100', at('/'), { fromScript: false });
    jar.set('b=2', at('/'), { fromScript: false });
    const other = new CookieJar();
    other.restore(JSON.parse(JSON.stringify([...jar.persistent(), null, { name: 1 }])) as unknown[]);
    assert.equal(other.header(at('/')), 'a=1');
  });
});
