import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { PosixError } from '../../base/errors.ts';
import { fromLatin1, latin1, MessageParser, type MessageParserOptions } from './message-parser.ts';

interface Parsed {
  readonly heads: readonly unknown[];
  readonly body: string;
  readonly trailers?: unknown;
  readonly reusable?: boolean;
}

/** Parses `text` in pieces of `step` bytes; the answer must not depend on the step. */
function parse(text: string, step: number, options: MessageParserOptions = { expect: 'response' }, closes = true): Parsed {
  const parser = new MessageParser(options);
  const bytes = fromLatin1(text);
  const result: { heads: unknown[]; body: string; trailers?: unknown; reusable?: boolean } = { heads: [], body: '' };
  const take = (events: ReturnType<MessageParser['push']>) => {
    for (const event of events) {
      if (event.kind === 'head') result.heads.push(event.head);
      else if (event.kind === 'body') result.body += latin1(event.bytes);
      else Object.assign(result, { trailers: event.trailers, reusable: event.reusable });
    }
  };
  for (let at = 0; at < bytes.length; at += step) take(parser.push(bytes.subarray(at, at + step)));
  if (closes) take(parser.finish());
  return result;
}

function parseAnyway(text: string, options?: MessageParserOptions, closes?: boolean): Parsed {
  const whole = parse(text, text.length, options, closes);
  for (const step of [1, 2, 3, 7]) assert.deepEqual(parse(text, step, options, closes), whole, `in pieces of ${step}`);
  return whole;
}

const refuses = (text: string, code = 'EPROTO', options?: MessageParserOptions) => {
  for (const step of [1, text.length]) {
    assert.throws(
      () => parse(text, step, options),
      (error) => error instanceof PosixError && error.code === code,
      JSON.stringify(text),
    );
  }
};

describe('MessageParser', () => {
  it('reads a body by its length', () => {
    const { heads, body, reusable } = parseAnyway('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: a \r\n\r\nhello');
    assert.deepEqual(heads, [
      {
        kind: 'response',
        status: 200,
        statusText: 'OK',
        minor: 1,
        headers: [
          ['Content-Length', '5'],
          ['X', 'a'],
        ],
      },
    ]);
    assert.equal(body, 'hello');
    assert.equal(reusable, true);
  });

  it('takes tabs and spaces from around a value, and from nowhere else', () => {
    const within = `a${'\t '.repeat(32_000)}b`;
    const { heads } = parse(`HTTP/1.1 204 No Content\r\nA: \t${within} \t\r\nB:\xa0c\xa0\r\nC: \t \r\nD:\r\n\r\n`, 1 << 17);
    assert.deepEqual((heads[0] as { headers: unknown }).headers, [
      ['A', within],
      ['B', '\xa0c\xa0'],
      ['C', ''],
      ['D', ''],
    ]);
  });

  it('reads chunks, extensions and trailers', () => {
    const parsed = parseAnyway(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nSum: 1\r\n\r\n',
    );
    assert.equal(parsed.body, 'helloabcdefghijklmnopqrstuvwxyz');
    assert.deepEqual(parsed.trailers, [['Sum', '1']]);
    assert.equal(parsed.reusable, true);
  });

  it('reads to the end of the connection where no length is given', () => {
    const parsed = parseAnyway('HTTP/1.0 200 OK\r\n\r\nall of it');
    assert.equal(parsed.body, 'all of it');
    assert.equal(parsed.reusable, false);
  });

  it('expects no body after HEAD, 204 and 304, whatever the fields say', () => {
    for (const [text, options] of [
      ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', { expect: 'response', method: 'HEAD' }],
      ['HTTP/1.1 204 No Content\r\n\r\n', { expect: 'response' }],
      ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', { expect: 'response' }],
    ] as const) {
      const parsed = parseAnyway(text, options);
      assert.equal(parsed.body, '');
      assert.equal(parsed.reusable, true);
    }
  });

  it('passes informational responses and ends at an upgrade', () => {
    assert.equal(
      parseAnyway('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        .heads.length,
      3,
    );
    assert.equal(parseAnyway('HTTP/1.1 101 Switching Protocols\r\n\r\nraw bytes').body, 'raw bytes');
  });

  it('reads requests and leaves what follows', () => {
    const parser = new MessageParser({ expect: 'request' });
    const events = parser.push(fromLatin1('POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nokGET / HTTP'));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['head', 'body', 'end'],
    );
    assert.equal(latin1(parser.rest), 'GET / HTTP');
  });

  it('refuses what no careful sender sends', () => {
    refuses('HTTP/2 200 OK\r\n\r\n');
    refuses('HTTP/1.1 20 OK\r\n\r\n');
    refuses('HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'ECONNRESET');
    refuses('hello\r\n\r\n');
    refuses('HTTP/1.1 200 OK\r\nName : x\r\n\r\n');
    refuses('HTTP/1.1 200 OK\r\n folded: x\r\n\r\n');
    refuses('HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n');
    refuses('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello');
    refuses('HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello');
    refuses('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    refuses('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n');
    refuses('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n');
    refuses('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n');
    refuses('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n');
    refuses(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`);
    refuses('GET /a b HTTP/1.1\r\n\r\n', 'EPROTO', { expect: 'request' });
  });

  it('takes a connection that ends in the middle for reset', () => {
    refuses('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel', 'ECONNRESET');
    refuses('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 'ECONNRESET');
    refuses('HTTP/1.1 200', 'ECONNRESET');
    refuses('', 'ECONNRESET');
  });
});

/** What a real server sends for a request, byte for byte. */
async function serve(listener: RequestListener, request: string): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  socket.write(request);
  await new Promise((resolve) => socket.on('end', resolve));
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return text;
}

describe('MessageParser, on what Node sends', () => {
  const get = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

  it('reads chunked and plain answers', async () => {
    const chunked = await serve((_request, response) => {
      response.write('one,');
      response.write('two,');
      response.end('three');
    }, get);
    assert.equal(parseAnyway(chunked).body, 'one,two,three');
    assert.match(chunked, /transfer-encoding: chunked/i);
    const plain = await serve((_request, response) => {
      response.writeHead(201, 'Made', { 'Content-Length': 3, 'Set-Cookie': ['a=1', 'b=2'] });
      response.end('abc');
    }, get);
    const { heads, body } = parseAnyway(plain);
    assert.equal(body, 'abc');
    const [head] = heads as [{ headers: [string, string][]; statusText: string }];
    assert.equal(head.statusText, 'Made');
    assert.deepEqual(
      head.headers.filter(([name]) => name === 'Set-Cookie'),
      [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    );
  });

  it('reads trailers, early hints and answers without a body', async () => {
    const trailers = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.writeHead(200, { Trailer: 'Sum' });
      response.write('x');
      response.addTrailers({ Sum: '42' });
      response.end();
    }, get);
    const parsed = parseAnyway(trailers);
    assert.equal(parsed.heads.length, 2);
    assert.deepEqual(parsed.trailers, [['Sum', '42']]);
    const head = await serve((_request, response) => response.end('ignored'), get.replace('GET', 'HEAD'));
    assert.equal(parseAnyway(head, { expect: 'response', method: 'HEAD' }).body, '');
    const old = await serve((_request, response) => {
      response.write('until ');
      response.end('close');
    }, 'GET / HTTP/1.0\r\n\r\n');
    assert.equal(parseAnyway(old).body, 'until close');
  });
});
