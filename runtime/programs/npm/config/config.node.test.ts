import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from 'ini';
import { jsonProblem } from '../manifest/json-error.ts';
import { expandVariables } from './check.ts';
import { abbreviations, parseFlags } from './flags.ts';
import { readIni } from './read-ini.ts';

test('readIni(): as the package `ini` reads it', () => {
  const samples = [
    'registry=http://a/\n; comment\n# other\n  spaced = value ; behind\n',
    'a[]=1\na[]=2\na=3\n',
    'a=1\na[]=2\n',
    'flag\nb=true\nc=false\nd=null\ne=\n',
    'quoted="a # b"\nsingle=\'c ; d\'\nboth="x\\ny"\nbroken="a\n',
    'escaped=a\\;b\\#c\\\\d\\e\n',
    '//host:123/path/:_authToken=${TOKEN}\n@scope:registry=https://b/\n',
    '[section]\nx=1\n[other]\ny=2\n',
    '__proto__=1\n[__proto__]\nz=1\n',
    'a = b = c\n= x\nprefix\\\\=1\r\nlast=1',
  ];
  for (const sample of samples) assert.deepEqual(readIni(sample), decode(sample), sample);
});

test('parseFlags(): short forms, joined ones, negations, lists, abbreviations', () => {
  const values = (...args: string[]) => Object.fromEntries(parseFlags(args).values);
  assert.deepEqual(values('-D', '-E'), { 'save-dev': true, 'save-exact': true });
  assert.deepEqual(values('-gf'), { global: true, force: true });
  assert.deepEqual(values('--no-save', '--no-optional'), { save: false, optional: false });
  assert.deepEqual(values('--omit=dev', '--omit', 'peer'), { omit: ['dev', 'peer'] });
  assert.deepEqual(values('-w', 'a', '-w', 'b'), { workspace: ['a', 'b'] });
  assert.deepEqual(values('--loglevel', 'silly', '-s'), { loglevel: 'silent' });
  assert.deepEqual(values('--color', 'always'), { color: 'always' });
  assert.deepEqual(values('--color', '--json'), { color: true, json: true });
  assert.deepEqual(values('--reg=http://x/'), { registry: 'http://x/' });
  assert.deepEqual(values('--no-yes'), { yes: false });
  const parsed = parseFlags(['install', 'a', '--foo', 'b', '--', '--json']);
  assert.deepEqual(parsed.operands, ['install', 'a', 'b', '--json']);
  assert.deepEqual(parsed.unknown, [{ flag: 'foo', next: 'b' }]);
  assert.match(parseFlags(['--save-ex']).warnings[0] ?? '', /^Expanding --save-ex to --save-exact\. /);
});

test('abbreviations(): only those that mean one word', () => {
  const found = abbreviations(['save', 'save-dev', 'shell']);
  assert.equal(found.get('save'), 'save');
  assert.equal(found.get('s'), undefined);
  assert.equal(found.get('save-'), 'save-dev');
  assert.equal(found.get('sh'), 'shell');
});

test('expandVariables(): known, unknown, optional and escaped names', () => {
  const env = new Map([['A', '1']]);
  assert.equal(expandVariables('${A}-${B}-${B?}-\\${A}', env), '1-${B}--${A}');
});

test('jsonProblem(): V8’s own words for whatever is no JSON', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '0',
    '.',
    'e',
    'true',
    'nul',
    ' ',
    '\n',
    '\\',
    '\\u12',
    'x',
    '\t',
    '"b\\n"',
  ];
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 1 + Math.floor(random() * 12) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
    let wanted: string | undefined;
    try {
      JSON.parse(text);
    } catch (error) {
      wanted = (error as Error).message;
    }
    const found = jsonProblem(text);
    assert.equal(found === undefined, wanted === undefined, JSON.stringify(text));
    if (found === undefined || wanted === undefined) continue;
    // npm quotes an unexpected character in its own way, and adds what it was reading.
    const message = wanted.replace(/^Unexpected token '(.)'/s, (_, token: string) => {
      const hex = token.charCodeAt(0).toString(16).toUpperCase();
      return /^.$/.test(token)
        ? `Unexpected token ${JSON.stringify(token)} (0x${hex.length % 2 === 1 ? '0' : ''}${hex})`
        : `Unexpected token '${token}'`;
    });
    assert.ok(found.startsWith(`${message} while parsing `), `${JSON.stringify(text)}\n${found}\n${message}`);
  }
});
