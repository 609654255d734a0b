import { assert } from 'chai';
import { Container } from '../../runtime/index.ts';
import { clear, until } from './testing/page.ts';
import { WorkingFiles } from './working-files.ts';

/** One visit of a page whose author wrote `text` into a.txt. */
async function visit(text: string, persist?: string): Promise<{ files: WorkingFiles; container: Container; leave(): Promise<void> }> {
  const files = new WorkingFiles();
  files.load(new Map([['a.txt', text]]), persist);
  const container = await Container.boot({ files: { 'a.txt': text }, ...(persist === undefined ? {} : { persist }) });
  await files.attach(container);
  const leave = async () => {
    await container.sync();
    files.detach();
    container.teardown();
  };
  return { files, container, leave };
}

let number = 0;
const freshName = () => `working-files-${Date.now()}-${number++}`;

describe('WorkingFiles', () => {
  afterEach(clear);

  it('shows the author’s text, then the reader’s, and takes an edit back to the author’s for none', async () => {
    const files = new WorkingFiles();
    files.load(
      new Map<string, string | Uint8Array>([
        ['a.txt', 'author'],
        ['b.bin', new Uint8Array([0xff, 0xfe])],
      ]),
      undefined,
    );
    const told: string[] = [];
    files.addEventListener('change', (event) => told.push((event as Event & { path: string }).path));
    await files.write('a.txt', 'reader');
    assert.equal(files.read('a.txt'), 'reader');
    assert.deepEqual(told, [], 'who wrote knows it');
    await files.write('a.txt', 'author');
    assert.isFalse(files.edited);
    assert.isTrue(files.isBinary('b.bin'));
    assert.isUndefined(files.read('b.bin'));
    assert.isUndefined(files.read('none'));
  });

  it('keeps edits that were made while the author’s files were on their way', async () => {
    const files = new WorkingFiles();
    await files.write('a.txt', 'early');
    files.load(new Map([['a.txt', 'author']]), undefined);
    assert.equal(files.read('a.txt'), 'early');
  });

  it('brings a file that only the author changed up to date, and leaves one that the reader changed', async () => {
    const persist = freshName();
    await (await visit('first', persist)).leave();
    const second = await visit('second', persist);
    assert.equal(await second.container.fs.readFile('a.txt', 'utf8'), 'second');
    await second.files.write('a.txt', 'reader');
    await second.leave();
    const third = await visit('third', persist);
    assert.equal(await third.container.fs.readFile('a.txt', 'utf8'), 'reader');
    assert.equal(third.files.read('a.txt'), 'reader');
    await third.container.reset();
    await third.files.reset();
    assert.equal(await third.container.fs.readFile('a.txt', 'utf8'), 'third');
    await third.leave();
  });

  it('shows a file that the reader deleted as gone in the next visit, before it boots and after, until a reset', async () => {
    const persist = freshName();
    const first = await visit('author', persist);
    first.files.use('a.txt');
    await first.container.fs.rm('a.txt');
    await until('the removal', () => first.files.read('a.txt') === undefined);
    await first.leave();
    const files = new WorkingFiles();
    files.load(new Map([['a.txt', 'author']]), persist);
    assert.isUndefined(files.read('a.txt'));
    const second = await visit('author', persist);
    assert.isUndefined(second.files.read('a.txt'));
    assert.deepEqual(await second.container.fs.readdir('.'), []);
    await second.container.reset();
    await second.files.reset();
    assert.equal(second.files.read('a.txt'), 'author');
    await second.leave();
  });

  it('resets before a boot what the next boot finds, and can undo that before it and after', async () => {
    const persist = freshName();
    const first = await visit('author', persist);
    await first.files.write('a.txt', 'reader');
    await first.container.fs.writeFile('b.txt', 'unseen by editors');
    await first.leave();

    const files = new WorkingFiles();
    files.load(new Map([['a.txt', 'author']]), persist);
    const { edits } = files;
    await files.reset();
    assert.equal(files.read('a.txt'), 'author');
    await files.restore(edits);
    assert.equal(files.read('a.txt'), 'reader');
    await files.reset();

    const container = await Container.boot({ files: { 'a.txt': 'author' }, persist });
    await files.attach(container);
    assert.deepEqual(await container.fs.readdir('.'), ['a.txt']);
    assert.equal(await container.fs.readFile('a.txt', 'utf8'), 'author');
    await files.restore(edits);
    assert.equal(await container.fs.readFile('a.txt', 'utf8'), 'reader');
    assert.equal(await container.fs.readFile('b.txt', 'utf8'), 'unseen by editors');
    container.teardown();
  });

  it('takes the author’s text for an edit where the runtime may hold another', async () => {
    const persist = freshName();
    const first = await visit('author', persist);
    await first.files.write('a.txt', 'reader');
    await first.leave();
    const files = new WorkingFiles();
    files.load(new Map([['a.txt', 'author']]), persist);
    for (const text of ['autho', 'author']) await files.write('a.txt', text);
    const second = await visit('author', persist);
    assert.equal(await second.container.fs.readFile('a.txt', 'utf8'), 'author');
    await second.leave();
  });

  it('writes an edit that a closing page left behind', async () => {
    const persist = freshName();
    const { files, leave } = await visit('author', persist);
    const written = files.write('a.txt', 'last words');
    await leave();
    await written.catch(() => undefined); // The container went first, as with a page.
    const again = await visit('author', persist);
    assert.equal(again.files.read('a.txt'), 'last words');
    assert.equal(await again.container.fs.readFile('a.txt', 'utf8'), 'last words');
    await again.leave();
  });

  it('follows a file that is replaced, removed and made again', async () => {
    const { files, container, leave } = await visit('author');
    const release = files.use('a.txt');
    await container.exec('echo renamed > b.txt; mv b.txt a.txt');
    await until('the renamed text', () => files.read('a.txt') === 'renamed\n');
    await container.fs.rm('a.txt');
    await until('the removal', () => files.read('a.txt') === undefined);
    await container.fs.writeFile('a.txt', 'again');
    await until('the new text', () => files.read('a.txt') === 'again');
    release();
    await leave();
  });

  it('never shows an older text than the reader typed', async () => {
    const { files, container, leave } = await visit('author');
    files.use('a.txt');
    const seen: (string | undefined)[] = [];
    files.addEventListener('change', () => seen.push(files.read('a.txt')));
    const writes = Array.from({ length: 50 }, (_, index) => files.write('a.txt', 'x'.repeat(index)));
    await Promise.all(writes);
    assert.equal(await container.fs.readFile('a.txt', 'utf8'), 'x'.repeat(49));
    assert.deepEqual(seen, []);
    await leave();
  });

  it('records nothing for a container that another one keeps', async () => {
    const persist = freshName();
    const first = await visit('author', persist);
    const second = await visit('author', persist);
    assert.isTrue(second.container.storedElsewhere);
    await second.files.write('a.txt', 'copy');
    assert.equal(await second.container.fs.readFile('a.txt', 'utf8'), 'copy');
    await second.leave();
    await first.leave();
    const third = await visit('author', persist);
    assert.equal(third.files.read('a.txt'), 'author');
    await third.leave();
  });

  it('tells each editor of what another one wrote', async () => {
    const files = new WorkingFiles();
    files.load(new Map([['a.txt', 'author']]), undefined);
    const told: string[] = [];
    files.addEventListener('edit', (event) => told.push((event as Event & { path: string }).path));
    await files.write('a.txt', 'reader');
    assert.deepEqual(told, ['a.txt']);
  });

  it('lists, makes, moves and removes before a boot, and brings all of it to the container', async () => {
    const persist = freshName();
    const authored = new Map<string, string | Uint8Array>([
      ['a.txt', 'a'],
      ['src/one.js', '1'],
      ['src/two.js', '2'],
      ['logo.png', new Uint8Array([0xff, 0xfe])],
    ]);
    const files = new WorkingFiles();
    files.load(authored, persist);
    const told: (string | undefined)[] = [];
    files.follow('', (path) => told.push(path));
    await files.write('lib/new.js', 'new');
    await files.makeFolder('empty');
    await files.move('src', 'source');
    await files.remove('a.txt');
    await files.write('short.txt', 'gone before anyone saw it');
    await files.remove('short.txt');
    assert.deepEqual([...files.paths].sort(), ['empty/', 'lib/new.js', 'logo.png', 'source/one.js', 'source/two.js']);
    assert.sameMembers(told as string[], ['lib', 'empty', 'source', 'src', 'source', 'src', 'a.txt', 'short.txt', 'short.txt']);
    assert.deepEqual(
      ['a.txt', 'lib/new.js', 'src/one.js', 'source/one.js', 'logo.png'].map((path) => files.changeOf(path)),
      ['deleted', 'added', 'deleted', 'added', undefined],
    );
    assert.isTrue(files.holdsBytes('logo.png'));
    const refused = await files.move('logo.png', 'icon.png').catch((error: unknown) => error);
    assert.equal((refused as { code?: string }).code, 'ERR_BV_UNSUPPORTED');

    const container = await Container.boot({ files: { 'a.txt': 'a', 'src/one.js': '1', 'src/two.js': '2', 'logo.png': 'x' }, persist });
    await files.attach(container);
    assert.sameMembers(await container.fs.readdir('.'), ['empty', 'lib', 'logo.png', 'source', 'src']);
    assert.deepEqual(await container.fs.readdir('src'), []);
    assert.equal(await container.fs.readFile('source/two.js', 'utf8'), '2');
    await container.sync();
    files.detach();
    container.teardown();

    const next = new WorkingFiles();
    next.load(authored, persist);
    assert.deepEqual([...next.paths].sort(), ['lib/new.js', 'logo.png', 'source/one.js', 'source/two.js']);
    const again = await Container.boot({ files: { 'a.txt': 'a', 'src/one.js': '1', 'src/two.js': '2', 'logo.png': 'x' }, persist });
    await next.attach(again);
    assert.sameMembers(await again.fs.readdir('.'), ['empty', 'lib', 'logo.png', 'source', 'src']);
    again.teardown();
  });

  it('moves and removes in a booted container, as it says, and shows it at the next visit', async () => {
    const persist = freshName();
    const { files, container, leave } = await visit('author', persist);
    files.use('a.txt');
    await container.exec('mkdir deep; echo made > deep/by-program.txt');
    const moves: string[] = [];
    files.addEventListener('edit', (event) => {
      const { path, from } = event as Event & { path: string; from?: string };
      if (from !== undefined) moves.push(`${from} to ${path}`);
    });
    await files.write('a.txt', 'reader');
    await files.move('a.txt', 'deep/b.txt');
    assert.equal(await container.fs.readFile('deep/b.txt', 'utf8'), 'reader');
    await until('the old path to be empty', () => files.read('a.txt') === undefined);
    assert.equal(files.read('deep/b.txt'), 'reader');
    await files.move('deep', 'deeper');
    assert.deepEqual(moves, ['a.txt to deep/b.txt', 'deep/b.txt to deeper/b.txt']);
    assert.sameMembers(await container.fs.readdir('deeper'), ['b.txt', 'by-program.txt']);
    await files.remove('deeper/by-program.txt');
    assert.deepEqual(await container.fs.readdir('deeper'), ['b.txt']);
    const refused = await files.move('deeper', 'deeper/inside').catch((error: unknown) => error);
    assert.equal((refused as { code?: string }).code, 'EINVAL');
    assert.equal(files.read('deeper/b.txt'), 'reader');
    await leave();
    const next = new WorkingFiles();
    next.load(new Map([['a.txt', 'author']]), persist);
    assert.deepEqual([...next.paths], ['deeper/b.txt']);
    assert.equal(next.read('deeper/b.txt'), 'reader');
  });

  it('follows a folder across boot, reset and end', async () => {
    const { files, container, leave } = await visit('author');
    const told: (string | undefined)[] = [];
    const release = files.follow('', (path) => told.push(path));
    await container.exec('echo new > made.txt');
    await until('the event', () => told.includes('made.txt'));
    await container.reset();
    await files.reset();
    assert.include(told, undefined);
    told.length = 0;
    await container.fs.writeFile('after-reset.txt', '');
    await until('the event after the reset', () => told.includes('after-reset.txt'));
    release();
    await leave();
  });
});
