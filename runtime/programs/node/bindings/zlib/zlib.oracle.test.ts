import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as real from 'node:zlib';
import { NodeOracle } from '../testing/bavini-node.ts';
import { ZstdEncoder } from './zstd-encoder.ts';

const node = new NodeOracle();
before(() => node.open());
after(() => node.close());

const tell = `
  const z = require('zlib'), { createHash } = require('crypto');
  const sum = (bytes) => bytes.length + ':' + createHash('md5').update(bytes).digest('hex');
  const tell = (name, run) => {
    let text;
    try { text = String(run()); } catch (e) { text = [e.name, e.code, e.errno, e.message].join(' | '); }
    console.log(name + ': ' + text);
  };
  let state = 7;
  const noise = (n) => Buffer.from(Array.from({ length: n }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16 & 255));
  const text = Buffer.from(Array.from({ length: 3000 }, (_, i) => 'line ' + (i * i) % 97 + ' of the text\\n').join(''));
  const inputs = [Buffer.alloc(0), Buffer.from('abc'), text, noise(50000), Buffer.alloc(200000, 'ab')];
`;

describe('zlib, compared with Node', () => {
  it('the deflate family gives the same bytes at every level and strategy, and reads them back', () =>
    node.same(`${tell}
      for (const [i, input] of inputs.entries()) for (const [pack, unpack] of [['deflateSync', 'inflateSync'], ['gzipSync', 'gunzipSync'], ['deflateRawSync', 'inflateRawSync']])
        for (const level of [-1, 0, 1, 4, 9]) for (const strategy of [0, 1, 2, 3, 4]) tell([i, pack, level, strategy], () => {
          const packed = z[pack](input, { level, strategy });
          return sum(packed) + z[unpack](packed).equals(input);
        });
      tell('options', () => sum(z.deflateSync(text, { windowBits: 9, memLevel: 1 })));
      tell('dictionary', () => z.inflateSync(z.deflateSync('hello world', { dictionary: Buffer.from('world hello') }), { dictionary: Buffer.from('world hello') }));
      tell('crc32', () => [z.crc32('hello', 7), z.crc32(text)]);
    `));

  it('bad input fails with the same errors', () =>
    node.same(`${tell}
      tell('inflate', () => z.inflateSync(Buffer.from('garbage')));
      tell('gunzip', () => z.gunzipSync(Buffer.from('garbage')));
      tell('truncated', () => z.inflateSync(z.deflateSync(text).subarray(0, 100)));
      tell('truncated, sync flush', () => z.inflateSync(z.deflateSync(text).subarray(0, 100), { finishFlush: z.constants.Z_SYNC_FLUSH }));
      tell('members', () => z.gunzipSync(Buffer.concat([z.gzipSync('a'), z.gzipSync('b')])));
      tell('zeros after', () => z.gunzipSync(Buffer.concat([z.gzipSync('a'), Buffer.alloc(5)])));
      tell('garbage after', () => z.gunzipSync(Buffer.concat([z.gzipSync('a'), Buffer.from([1, 2, 3])])));
      tell('refused garbage', () => z.inflateSync(Buffer.concat([z.deflateSync('a'), Buffer.from([1, 2, 3])]), { rejectGarbageAfterEnd: true }));
      tell('no dictionary', () => z.inflateSync(z.deflateSync('hello', { dictionary: Buffer.from('hello') })));
      tell('wrong dictionary', () => z.inflateSync(z.deflateSync('hello', { dictionary: Buffer.from('hello') }), { dictionary: Buffer.from('no') }));
      tell('too long', () => z.inflateSync(z.deflateSync(text), { maxOutputLength: 100 }));
      tell('brotli, truncated', () => z.brotliDecompressSync(Buffer.from([0x1b, 0x03])));
      z.createGunzip().on('error', (e) => console.log(e.code, e.errno, e.message)).end('garbage');
    `));

  it('streams flush, change parameters and end like Node', () =>
    node.same(`${tell}
      const parts = [];
      const gzip = z.createGzip().on('data', (part) => parts.push(part)).on('end', () => {
        console.log('end', sum(z.gunzipSync(Buffer.concat(parts))), gzip.bytesWritten);
        pass();
      });
      gzip.write(text);
      gzip.flush(() => {
        console.log('flushed', sum(z.gunzipSync(Buffer.concat(parts), { finishFlush: z.constants.Z_SYNC_FLUSH })));
        gzip.params(9, 1, () => { console.log('params'); gzip.end(text); });
      });
      // When the others are done: which of two streams is first is up to the threads that Node compresses with.
      const pass = () => require('stream').pipeline(require('stream').Readable.from([text, text]), z.createDeflate(), z.createInflate(), async function (source) {
        const all = [];
        for await (const part of source) all.push(part);
        console.log(sum(Buffer.concat(all)));
      }, (e) => console.log('pipeline', e));
    `));

  it('parameters cannot be changed once the stream is finished', () =>
    node.same(`${tell}
      const run = (name, use) => {
        const deflate = z.createDeflate({ level: 9 });
        deflate.on('error', (e) => console.log(name, 'error', e.message, e.code, e.errno)).on('end', () => console.log(name, 'end')).on('close', next).resume();
        use(deflate, (e) => console.log(name, 'params', e));
      };
      const fixed = z.constants.Z_FIXED;
      const cases = [
        (deflate, done) => { deflate.write('abc'); deflate.params(0, fixed, (e) => { done(e); deflate.end('x'); }); },
        (deflate, done) => { deflate.write('abc'); deflate.end(); deflate.params(0, fixed, done); },
        (deflate, done) => { deflate.write('abc'); deflate.end(); deflate.params(4, 0, done); },
        (deflate, done) => { deflate.write('abc'); deflate.params(5, 0, done); deflate.end(); },
        (deflate, done) => { deflate.write('abc'); deflate.params(9, 0, done); deflate.end(); },
      ];
      let at = 0;
      const next = () => { if (at < cases.length) run(at, cases[at++]); };
      next();
    `));

  it('Brotli of ours is read by Node, of any quality and window', async () => {
    const lines = (
      await node.output(`${tell}
        for (const input of inputs) for (const quality of [0, 5, 11]) for (const window of [10, 17, 24]) {
          const packed = z.brotliCompressSync(input, { params: { [z.constants.BROTLI_PARAM_QUALITY]: quality, [z.constants.BROTLI_PARAM_LGWIN]: window } });
          console.log(JSON.stringify([input.toString('base64'), packed.toString('base64')]));
        }
      `)
    )
      .trim()
      .split('\n');
    assert.equal(lines.length, 45);
    for (const line of lines) {
      const [input, packed] = (JSON.parse(line) as [string, string]).map((text) => Buffer.from(text, 'base64')) as [Buffer, Buffer];
      assert.ok(real.brotliDecompressSync(packed).equals(input));
      assert.ok(packed.length <= input.length + 16);
    }
  });

  it("Node's Brotli is read by ours", async () => {
    const input = 'The quick brown fox jumps over the lazy dog, because of the dictionary. '.repeat(50);
    const packed = [0, 5, 11].map((quality) =>
      real.brotliCompressSync(input, { params: { [real.constants.BROTLI_PARAM_QUALITY]: quality } }).toString('base64'),
    );
    await node.same(
      `${tell} for (const packed of ${JSON.stringify(packed)}) tell('read', () => z.brotliDecompressSync(Buffer.from(packed, 'base64')));`,
    );
  });

  it("Node's Brotli is read as it comes: cut anywhere, with what was flushed before its end, and no further than its end", async () => {
    const words = Array.from({ length: 3000 }, (_, i) => `line ${(i * i) % 97} of the text, information ${i % 1013}\n`).join('');
    const noise = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255));
    const packed = [words, noise, '', 'x'.repeat(300_000)].flatMap((input) =>
      [1, 5, 11].map((quality) =>
        real.brotliCompressSync(input, { params: { [real.constants.BROTLI_PARAM_QUALITY]: quality } }).toString('base64'),
      ),
    );
    await node.same(`${tell}
      const read = async (packed, size) => {
        const stream = z.createBrotliDecompress({ chunkSize: 1000 });
        require('stream').Readable.from(function* () { for (let at = 0; at < packed.length; at += size) yield packed.subarray(at, at + size); }()).pipe(stream);
        return sum(Buffer.concat(await stream.toArray())) + ' ' + stream.bytesWritten;
      };
      (async () => {
        for (const text of ${JSON.stringify(packed)}) {
          const bytes = Buffer.from(text, 'base64');
          for (const size of [bytes.length > 20000 ? 501 : 1, 4096]) console.log(await read(bytes, size));
          tell('more behind it', () => sum(z.brotliDecompressSync(Buffer.concat([bytes, Buffer.from('more')]))));
          tell('cut', () => sum(z.brotliDecompressSync(bytes.subarray(0, -1))));
        }
        const sender = z.createBrotliCompress();
        const stream = z.createBrotliDecompress();
        sender.on('data', (part) => stream.write(part));
        for (const word of ['first', 'second']) {
          sender.write(word);
          sender.flush();
          const [part] = await require('events').once(stream, 'data');
          console.log(String(part));
        }
        for (const bad of ['11', '0d', '8b0080', '1b0300fc', 'ffffffff', '0b0280686901ff03', '3b', '5b7ff0000000'])
          tell(bad, () => z.brotliDecompressSync(Buffer.from(bad, 'hex')));
      })();
    `);
  });

  it("Node's Zstandard is read by ours", async () => {
    const inputs = ['', 'abc', 'some text that comes again and again. '.repeat(5000)];
    const packed = inputs.map((input) => real.zstdCompressSync(input).toString('base64'));
    await node.same(`${tell}
      for (const packed of ${JSON.stringify(packed)}) tell('read', () => z.zstdDecompressSync(Buffer.from(packed, 'base64')));
      tell('truncated', () => z.zstdDecompressSync(Buffer.from(${JSON.stringify(packed[2])}, 'base64').subarray(0, 20)));
      tell('garbage', () => z.zstdDecompressSync(Buffer.from('this is no such frame')));
    `);
  });

  it("our Zstandard is read by Node's, however it is fed", () => {
    let state = 7;
    const noise = Buffer.from(Array.from({ length: 300_000 }, () => ((state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16) & 255));
    const text = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `line ${(i * i) % 97} of the text ${i % 1013}\n`).join(''));
    const inputs = [
      Buffer.alloc(0),
      Buffer.from('a'),
      text.subarray(0, 900),
      text,
      noise,
      Buffer.alloc(300_000, 'x'),
      Buffer.concat([noise, noise]),
    ];
    for (const input of inputs) {
      for (const [level, windowLog, chunk, checksum] of [
        [1, 17, 70_000, true],
        [3, 21, Infinity, false],
        [22, 22, 1000, true],
      ] as const) {
        const encoder = new ZstdEncoder({ level, windowLog, checksum, size: chunk === 1000 ? input.length : undefined });
        for (let at = 0; at < input.length; at += chunk) {
          encoder.push(input.subarray(at, at + chunk));
          if (chunk === 70_000) encoder.flush();
        }
        encoder.finish();
        const packed = encoder.take();
        assert.ok(real.zstdDecompressSync(packed).equals(input), `${input.length} bytes at level ${level}`);
        if (input === text) assert.ok(packed.length < input.length / 3);
      }
    }
  });
});
