import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { bakedFile } from '../../packages/baked-registry.ts';
import type { ProgramContext } from '../../process/program.ts';
import { askAhead, askedFile, fetchAsked } from './asked-ahead.ts';

const registry = 'https://packages.example/npm';
const address = `${registry}/${askedFile}`;

interface Start {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, readonly string[]>>;
  readonly manifest?: object;
  readonly permit?: () => Promise<object>;
}

function contextOf(start: Start): ProgramContext {
  const { argv = ['npm', 'install'], env = {}, files = {}, manifest = { dependencies: { a: '1' } }, permit = async () => ({}) } = start;
  const call = async (name: string) => (name === 'registries' ? { registries: [registry] } : permit());
  const readdir = (folder: string) => (files[folder] ?? []).map((name) => ({ name }));
  const readFile = () => new TextEncoder().encode(JSON.stringify(manifest));
  return {
    argv,
    env: new Map(Object.entries({ HOME: '/home', ...env })),
    calls: { call },
    syscalls: { files: { cwd: () => '/home/project', readdir, readFile } },
  } as unknown as ProgramContext;
}

describe('askAhead()', () => {
  const { fetch: real } = globalThis;
  const asked: string[] = [];
  before(() => {
    globalThis.fetch = async (input) => {
      asked.push(String(input));
      return new Response(`answer ${asked.length}`);
    };
    Object.assign(globalThis, { indexedDB: { databases: async () => [] } });
  });
  afterEach(async () => {
    await fetchAsked(address); // Whatever was asked ahead is taken.
    asked.length = 0;
  });
  after(() => {
    globalThis.fetch = real;
    Reflect.deleteProperty(globalThis, 'indexedDB');
  });
  const text = async (init?: RequestInit) => (await fetchAsked(address, init)).text();

  it('asks for what makes a folder a baked registry', () => assert.equal(askedFile, bakedFile));

  it('whoever asks the same gets the answer, once', async () => {
    await askAhead(contextOf({}));
    await askAhead(contextOf({}));
    assert.equal(await text(), 'answer 1');
    assert.deepEqual(asked, [address]);
    assert.equal(await text(), 'answer 2');
  });

  it('an answer to nobody in particular is not for who proves a right to it', async () => {
    await askAhead(contextOf({}));
    await new Promise(setImmediate); // It is sent once that is permitted.
    assert.equal(await text({ headers: { authorization: 'Bearer x' } }), 'answer 2');
  });

  it('is not waited for by whoever has given up', async () => {
    await askAhead(contextOf({ permit: () => new Promise(() => undefined) }));
    const stop = new AbortController();
    const waiting = text({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });

  it('asks nothing where another registry may be meant, or the container may not', async () => {
    await askAhead(contextOf({ argv: ['npm', 'ci', '--registry=https://other.example'] }));
    await askAhead(contextOf({ argv: ['npm', 'install', '-g', 'a'] }));
    await askAhead(contextOf({ env: { NPM_CONFIG_REGISTRY: 'https://other.example' } }));
    await askAhead(contextOf({ files: { '/home': ['.npmrc'] } }));
    await askAhead(contextOf({ files: { '/home/project': ['package.json', '.npmrc'] } }));
    await askAhead(contextOf({ permit: () => Promise.reject(new Error('EACCES')) }));
    assert.deepEqual(asked, []);
  });

  it('asks nothing where neither the project nor the command line names a package', async () => {
    await askAhead(contextOf({ manifest: { workspaces: ['a', 'b'], dependencies: {} } }));
    await askAhead(contextOf({ argv: ['npm', 'ci', '--ignore-scripts'], manifest: {} }));
    assert.deepEqual(asked, []);
    await askAhead(contextOf({ argv: ['npm', 'i', 'a'], manifest: {} }));
    await text();
    assert.deepEqual(asked, [address]);
  });
});
