import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Notes } from '../lib/notes.js';

test('a note that was added is there', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'notes-')), 'notes.json');
  await writeFile(file, '[]');
  const notes = new Notes(file);
  await notes.add(' milk ');
  assert.deepEqual(await notes.all(), [{ id: 1, text: 'milk' }]);
  await assert.rejects(notes.add(' '), TypeError);
});
