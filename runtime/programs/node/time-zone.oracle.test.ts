/** `TZ`, against real Node: every zone gives the same texts, fields and times. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

const program = `
const out = [];
for (const time of [0, 1e12, -5e11, 1710054000000, 1710057600000, 1729990800000, 1729994400000, -62198755200000, NaN]) {
  const date = new Date(time);
  out.push([date.toString(), date.toDateString(), date.toTimeString(), date.getFullYear(), date.getMonth(), date.getDate(), date.getDay(), date.getHours(), date.getMinutes(), date.getTimezoneOffset(), String(date.toLocaleString('en-US')), date.toLocaleDateString('de'), date.toJSON()]);
}
for (const args of [[2024, 2, 10, 2, 30], [2024, 9, 27, 1, 30], [2024, 0], [99, 5, 1], [2024, 2, 31, 2, 30], [2024, 9, 27, 2, 30]]) out.push(new Date(...args).toJSON());
for (const text of ['2024-03-01', '2024-03-01T10:20', '2024-03-01T10:20:30.5Z', '2024-03-01T10:20+02:00', 'Mar 1, 2024', 'Fri, 01 Mar 2024 10:00:00 GMT', '3/1/2024 5:06 PM', '2024/03/01', 'nonsense', '2024-03-01 10:20'])
  out.push([text, Date.parse(text), new Date(text).getTime()]);
const date = new Date(2024, 0, 31, 12);
date.setMonth(5); out.push(date.getTime()); date.setHours(30, 1, 2, 3); out.push(date.getTime()); date.setFullYear(2020, 1, 29); out.push(date.getTime()); date.setDate(-5); out.push(date.getTime()); date.setMinutes(-1); out.push(date.getTime());
class Mine extends Date { constructor(...all) { super(...all); } }
out.push(new Mine(2024, 1, 2) instanceof Mine, new Mine(2024, 1, 2).getTime(), typeof Date(), Date.length, Date.name, Date.UTC(2024, 0), new Date(date).getTime() === date.getTime(), date.constructor === Date, date instanceof Date, Object.prototype.toString.call(date), require('util').types.isDate(new Mine()));
out.push(Intl.DateTimeFormat().resolvedOptions().timeZone, new Intl.DateTimeFormat('en', { timeStyle: 'long', dateStyle: 'short' }).format(1e12), new Intl.DateTimeFormat('en', { timeZone: 'Asia/Tokyo', hour: 'numeric' }).format(0));
process.env.TZ = 'Pacific/Auckland'; out.push(new Date(1e12).toString());
console.log(JSON.stringify(out, null, 1));
`;

describe('TZ, against real Node', () => {
  const kernel = new KernelInNode('native');
  before(() => kernel.boot());
  after(() => kernel.close());
  for (const zone of [
    'UTC',
    'America/New_York',
    'Europe/Berlin',
    'Asia/Kolkata',
    'Australia/Sydney',
    'America/St_Johns',
    'Asia/Tokyo',
    ':Europe/London',
  ]) {
    it(zone, async () => {
      const env = { TZ: zone };
      const real = spawnSync(process.execPath, ['-e', program], { env, encoding: 'utf8' });
      const ours = await kernel.run(['-e', program], { cwd: '/', env });
      assert.deepEqual(
        { stdout: ours.stdout, stderr: ours.stderr, code: ours.code },
        { stdout: real.stdout, stderr: real.stderr, code: real.status },
      );
    });
  }
});
