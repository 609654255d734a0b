import { createGzip } from 'node:zlib';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';

/** Text in pieces of any size → one word at a time. */
const words = new Transform({
  readableObjectMode: true,
  construct(callback) {
    this.rest = '';
    callback();
  },
  transform(chunk, encoding, callback) {
    const parts = (this.rest + chunk).split(/\s+/);
    this.rest = parts.pop();
    for (const word of parts) if (word) this.push(word);
    callback();
  },
  flush(callback) {
    if (this.rest) this.push(this.rest);
    callback();
  },
});

const counts = new Map();

await pipeline(process.stdin, words, async (source) => {
  for await (const word of source) counts.set(word, (counts.get(word) ?? 0) + 1);
});

const rows = [...counts].sort(([, a], [, b]) => b - a);
for (const [word, count] of rows) console.log(word.padEnd(6), count);

// The same rows, compressed on their way.
const gzip = createGzip();
for (const row of rows) gzip.write(`${row.join('\t')}\n`);
gzip.end();
console.log((await buffer(gzip)).length, 'bytes gzipped');
