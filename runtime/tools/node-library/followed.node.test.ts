import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parse } from 'acorn';
import { isFollowed } from '../../programs/node/modules/followed-builtins.ts';
import { followedSource, type Insertions } from './followed.ts';
import { loadNodeLibrary } from './load.ts';

const insertionsOf = (sources: Iterable<readonly [string, string]>) =>
  (new Function(followedSource(sources)) as () => Readonly<Record<string, Insertions>>)();

function inserted(source: string, insertions: Insertions): string {
  let code = '';
  let at = 0;
  for (const part of insertions) {
    if (typeof part === 'string') code += part;
    else code += source.slice(at, (at += part));
  }
  return code + source.slice(at);
}

it('followedSource() has insertions that can be parsed for every builtin that is followed, and for no other', () => {
  const { sources, rest } = loadNodeLibrary();
  const all = insertionsOf(sources);
  const followed = [...sources.keys()].filter(isFollowed);
  assert.deepEqual(Object.keys(all).sort(), followed.sort());
  assert.ok(followed.length >= 5);
  for (const id of followed) {
    assert.ok(rest.includes(id), `${id} is in the first layer, before which nothing can be inserted`);
    const code = inserted(sources.get(id)!, all[id]!);
    parse(code, { ecmaVersion: 'latest', sourceType: 'script', allowReturnOutsideFunction: true });
    assert.match(code, /\$bvh\.b\(\$bvh,this\)/);
    assert.equal(code.split('\n').length, sources.get(id)!.split('\n').length);
  }
});

it('followedSource() fails where something would be replaced', () => {
  assert.throws(
    () => followedSource([['internal/fs/dir', 'async function f() { await import("x"); }']]),
    /Cannot follow a builtin: "import"/,
  );
});
