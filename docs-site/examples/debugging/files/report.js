import { readFile } from 'node:fs/promises';
import { debuglog, inspect } from 'node:util';

const debug = debuglog('report'); // Try: NODE_DEBUG=report node report.js

async function load(file) {
  const rows = JSON.parse(await readFile(file, 'utf8'));
  debug('%d rows of %s: %s', rows.length, file, inspect(rows[0]));
  return rows;
}

function total(rows) {
  let sum = 0;
  for (const { name, cents, tags } of rows) {
    debug('%s has %d tags', name, tags?.length);
    sum += cents * (tags.includes('hot') ? 1.1 : 1);
  }
  return sum;
}

const rows = await load('prices.json');
console.table(rows, ['name', 'cents']);
console.time('total');
try {
  console.log('Together:', total(rows));
} catch (cause) {
  throw new Error('The report cannot be made', { cause });
} finally {
  console.timeEnd('total');
}
