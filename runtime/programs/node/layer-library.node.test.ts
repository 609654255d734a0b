import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Platform } from '../../process/platform.ts';
import { loadNodeLibrary } from '../../tools/node-library/load.ts';
import { nodeLibraryLayer, nodeLibraryRestLayer } from '../../wires/programs.ts';
import { libraryOfLayers } from './layer-library.ts';

const { sources, meta, rest } = loadNodeLibrary();
const platform = { decodeUtf8: (bytes) => new TextDecoder().decode(bytes) } as Platform;
const first = nodeLibraryLayer.path;
const second = nodeLibraryRestLayer.path;

/** Both layers, of which the second comes when it is told to. */
function mounted() {
  const late = new Set(rest);
  const read: string[] = [];
  const state = { second: true };
  const content = (path: string): string | undefined => {
    if (path === `${first}/meta.json`) return JSON.stringify(meta);
    if (path === `${second}/LICENSE`) return state.second ? '' : undefined;
    const [, layer, id = ''] = /^(.*)\/lib\/(.*)\.js$/.exec(path) ?? [];
    return layer === (late.has(id) ? second : first) && (layer === first || state.second) ? sources.get(id) : undefined;
  };
  const library = libraryOfLayers(
    {
      read(path) {
        read.push(path);
        const text = content(path);
        return text === undefined ? undefined : new TextEncoder().encode(text);
      },
      isMounted: (path) => path === first || (path === second && state.second),
    },
    platform,
  );
  return { library, read, state };
}

test('libraryOfLayers() knows what is in the second layer without a list of it', () => {
  const { library } = mounted();
  const expected = rest.filter((id) => !id.startsWith('bavini/'));
  assert.deepEqual(meta.builtinIds.filter((id) => library.isLate(id)).sort(), expected.sort());
  assert.equal(library.isLate('inspector'), false, 'left out');
  assert.equal(library.isLate('express'), false, 'no builtin');
});

test('libraryOfLayers() finds builtins in either layer', () => {
  const { library, state } = mounted();
  for (const id of ['fs', 'zlib', 'bavini/option-help']) assert.equal(library.source(id), sources.get(id), id);
  assert.equal(library.source('inspector'), undefined);
  assert.equal(library.source('express'), undefined);
  state.second = false;
  assert.equal(library.source('fs'), sources.get('fs'));
  assert.throws(() => library.source('zlib'), { code: 'ERR_BV_ASSET' });
});

test('libraryOfLayers() reads nothing of the second layer to see whether it is there', () => {
  const { library, read, state } = mounted();
  state.second = false;
  assert.equal(library.isWhole, false);
  state.second = true;
  assert.equal(library.isWhole, true);
  library.source('fs');
  assert.deepEqual(
    read.filter((path) => path.startsWith(`${second}/`)),
    [],
  );
  library.readRest();
  assert.deepEqual(
    read.filter((path) => path.startsWith(`${second}/`)),
    [`${second}/LICENSE`],
  );
});
