import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import lz from 'lz-string';
import { services } from './services.ts';

const files = new Map<string, string | Uint8Array>([
  ['index.js', 'console.log(1 < 2)'],
  ['src/ü.js', 'export {}'],
  ['logo.png', Uint8Array.of(0, 255)],
]);

describe('services', () => {
  it('StackBlitz gets a field for each file, and a package.json', async () => {
    const { action, fields } = await services['stackblitz']!.formOf('My example', files);
    assert.equal(action, 'https://stackblitz.com/run');
    assert.deepEqual(
      fields.map(([name]) => name),
      [
        'project[title]',
        'project[description]',
        'project[template]',
        'project[files][index.js]',
        'project[files][src/ü.js]',
        'project[files][package.json]',
      ],
    );
    assert.equal(new Map(fields).get('project[files][index.js]'), 'console.log(1 < 2)');
  });

  it('CodeSandbox gets all files in one parameter, which it can read', async () => {
    const { fields } = await services['codesandbox']!.formOf('My example', new Map([...files, ['package.json', '{"name":"mine"}']]));
    const parameters = new Map(fields).get('parameters') ?? '';
    assert.match(parameters, /^[\w-]+$/);
    const read = JSON.parse(lz.decompressFromBase64(parameters.replaceAll('-', '+').replaceAll('_', '/'))) as { files: unknown };
    assert.deepEqual(read.files, {
      'index.js': { content: 'console.log(1 < 2)', isBinary: false },
      'src/ü.js': { content: 'export {}', isBinary: false },
      'package.json': { content: '{"name":"mine"}', isBinary: false },
    });
  });
});
