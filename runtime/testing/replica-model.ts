/**
 * The model that the log of changes is checked against: workers with replicas around one authority, joined by ports that
 * deliver in order but as late as chance will have it.
 */
import { PosixError } from '../base/errors.ts';
import { Authority, type AuthorityConnection, type AuthorityLimits, type FileNotice } from '../fs/authority.ts';
import { FileSystem } from '../fs/file-system.ts';
import type { OpenFile } from '../fs/open-file.ts';
import { crc32 } from '../fs/record.ts';
import { Replica } from '../fs/replica.ts';
import { restoreTree } from '../fs/snapshot.ts';
import { TarWriter } from '../fs/tar-writer.ts';
import { Tree } from '../fs/tree.ts';
import type { Change } from '../wires/change.ts';
import { readMemoryBlob } from './memory-blob.ts';
import { Random } from './random.ts';

interface Token {
  readonly kind: 'token';
  readonly to: number;
  readonly path: string;
  readonly text: string;
}
type Up = { readonly kind: 'changes'; readonly changes: readonly Change[] } | Token;
type Down = FileNotice | Token;

export interface ModelOptions {
  readonly workers: number;
  readonly steps: number;
  readonly limits?: Partial<AuthorityLimits>;
}

/** What a run came to. */
export interface ModelResult {
  readonly changes: number;
  readonly rejected: number;
  readonly conflicts: number;
  readonly tokens: number;
}

/** All that can be seen of a tree, inode numbers included. */
export function dumpTree(tree: Tree): string {
  const lines: string[] = [];
  const stack: [string, number][] = [['', tree.root.ino]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [path, ino] = next;
    const node = tree.node(ino);
    if (node === undefined) {
      lines.push(`${path} dangling ${ino}`);
      continue;
    }
    const bytes = node.isFile ? tree.contents(node) : undefined;
    const contents = bytes === undefined ? node.target : bytes.length > 64 ? `${bytes.length} bytes ${crc32(bytes)}` : bytes.join(',');
    const { mode, uid, gid, atimeMs, mtimeMs, ctimeMs, birthtimeMs } = node;
    lines.push([path, node.ino, mode, uid, gid, tree.linkCount(node), atimeMs, mtimeMs, ctimeMs, birthtimeMs, contents].join(' '));
    if (node.isDirectory)
      for (const [name, child] of [...tree.entriesOf(node)].sort(([a], [b]) => (a < b ? 1 : -1))) stack.push([`${path}/${name}`, child]);
  }
  lines.push(`offsets ${[...tree.sharedOffsets].sort(([a], [b]) => a - b).join(' ')}`);
  return lines.join('\n');
}

function modelLayer(random: Random): Blob {
  const writer = new TarWriter();
  for (let i = 0; i < 3; i++) {
    writer.add({ path: `p${i}/index`, type: 'file', mode: 0o644, mtimeMs: 1000 }, new Uint8Array(random.below(40)).fill(65 + i));
    writer.add({ path: `p${i}/lib/a`, type: 'file', mode: 0o644, mtimeMs: 2000 }, new Uint8Array(random.below(2000)).fill(97 + i));
    if (i === 1) writer.add({ path: 'p1/link', type: 'symlink', mode: 0o777, mtimeMs: 1000, target: 'index' });
  }
  return new Blob(writer.end());
}

class Worker {
  readonly up: Up[] = [];
  readonly down: Down[] = [];
  readonly replica: Replica;
  readonly fs: FileSystem;
  readonly open: OpenFile[] = [];
  readonly connection: AuthorityConnection;
  constructor(connection: AuthorityConnection, now: () => number, random: () => number) {
    this.connection = connection;
    this.replica = new Replica(restoreTree(connection.snapshot, { reader: readMemoryBlob }), connection.inoBase);
    this.fs = new FileSystem(this.replica, { now, random, maxFileBytes: 2 ** 20 });
  }
}

/** Runs one history. Throws an error that names the seed where what must hold does not. */
export function runModel(seed: number, options: ModelOptions): ModelResult {
  const random = new Random(seed);
  let clock = 1_000_000;
  let tokens = 0;
  let changes = 0;
  let rejected = 0;
  let conflicts = 0;
  const now = () => ++clock;
  const fail = (what: string): never => {
    throw new Error(`Seed ${seed}: ${what}`);
  };
  const authority = new Authority(
    new Tree({ reader: readMemoryBlob, keepsOrphans: true, uid: 1000, gid: 1000 }),
    options.limits === undefined ? {} : { limits: options.limits },
  );
  authority.subscribe(() => void changes++);
  const kernel = new FileSystem(authority, { now });
  kernel.mkdirp('/a/b/c');
  kernel.mkdir('/n', 0o755);
  kernel.writeFile('/a/f', new Uint8Array(700).fill(1));
  authority.addLayers([{ id: 'layer', blob: modelLayer(random) }]);
  if (random.chance(0.7)) kernel.mount('/n', 'layer');
  const workers = Array.from({ length: options.workers }, () => new Worker(authority.connect(), now, () => random.next()));

  const names = ['a', 'b', 'c', 'd', 'f', 'n', 'p0', 'p1', 'lib', 'index', 'link'];
  const path = () => {
    let result = '';
    const depth = 1 + random.below(4);
    for (let i = 0; i < depth; i++) result += `/${random.pick(names)}`;
    return result;
  };
  const bytes = () => new Uint8Array(random.chance(0.05) ? random.below(5000) : random.below(12)).map(() => random.below(256));
  const act = ({ fs, open, replica }: Worker) => {
    try {
      const file = open.length > 0 ? random.pick(open) : undefined;
      switch (random.below(24)) {
        case 0:
          return fs.mkdir(path(), 0o755);
        case 1:
          return fs.rmdir(path());
        case 2:
        case 3:
          return fs.unlink(path());
        case 4:
        case 5:
          return fs.rename(path(), path());
        case 6:
          return fs.link(path(), path());
        case 7:
          return fs.symlink(path(), path());
        case 8:
          return fs.chmod(path(), random.below(0o1000) | 0o700);
        case 9:
          return fs.truncate(path(), random.below(2000));
        case 10:
        case 11:
        case 12:
          return fs.writeFile(path(), bytes());
        case 13:
          return fs.copyFile(path(), path(), random.chance(0.3));
        case 14:
        case 15:
          return void open.push(fs.open(path(), random.pick([0o102, 0o2102, 0o1102, 0o302, 2]), 0o644));
        case 16:
        case 17:
          return void file?.write(bytes(), random.chance(0.5) ? null : random.below(600));
        case 18:
          return file?.truncate(random.below(300));
        case 19:
          return void file?.read(new Uint8Array(20), null);
        case 20:
          return void file?.share(() => replica.allocateShared());
        case 21:
          return fs.utimes(path(), random.below(1000), random.below(1000));
        case 22:
          if (file !== undefined) {
            file.close();
            open.splice(open.indexOf(file), 1);
          }
          return;
        default:
          if (random.chance(0.1)) {
            if (random.chance(0.5)) fs.mount(path(), 'layer');
            else fs.unmount(path());
          }
          return;
      }
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
    }
  };
  const flushUp = (worker: Worker) => {
    const outgoing = worker.replica.takeOutgoing();
    if (outgoing.length > 0) worker.up.push({ kind: 'changes', changes: outgoing.map(clone) });
  };
  const flushDown = (worker: Worker) => {
    for (const notice of worker.connection.takeOutgoing())
      worker.down.push(notice.kind === 'changes' ? { ...notice, changes: notice.changes.map(clone) } : notice);
  };
  const deliverUp = (worker: Worker) => {
    const message = worker.up.shift();
    if (message === undefined) return;
    if (message.kind === 'changes') worker.connection.receive(message.changes);
    else {
      const target = workers[message.to] as Worker;
      flushDown(target);
      target.down.push(message);
    }
  };
  const deliverDown = (worker: Worker) => {
    const message = worker.down.shift();
    switch (message?.kind) {
      case 'changes':
        return worker.replica.receive(message.changes, message.acknowledged);
      case 'acknowledged':
        return worker.replica.acknowledge(message.acknowledged);
      case 'rejected':
        rejected++;
        return worker.replica.reject(message.index);
      case 'conflict':
        return void conflicts++;
      case 'token': {
        tokens++;
        const file = worker.fs.exists(message.path) ? new TextDecoder().decode(worker.fs.readFileView(message.path)) : undefined;
        if (file !== message.text) fail(`a message overtook its file ${message.path}: ${file} is not ${message.text}`);
        return;
      }
      default:
        return;
    }
  };
  const tell = (worker: Worker) => {
    const text = `token ${clock}`;
    const at = `/token-${workers.indexOf(worker)}-${clock}`;
    try {
      worker.fs.writeFile(at, new TextEncoder().encode(text));
    } catch (error) {
      if (error instanceof PosixError) return;
      throw error;
    }
    // With limits a file may be refused after all, so that nothing can be promised of it.
    if (options.limits !== undefined) return;
    flushUp(worker);
    worker.up.push({ kind: 'token', to: random.below(workers.length), path: at, text });
  };

  for (let step = 0; step < options.steps; step++) {
    const worker = random.pick(workers);
    const what = random.below(20);
    if (what < 9) act(worker);
    else if (what < 11) flushUp(worker);
    else if (what < 14) deliverUp(worker);
    else if (what < 16) flushDown(worker);
    else if (what < 19) deliverDown(worker);
    else if (random.chance(0.5)) tell(worker);
    else kernel.writeFile('/kernel', bytes());
  }
  for (const worker of workers) for (const file of worker.open.splice(0)) file.close();
  for (const worker of workers) flushUp(worker);
  while (workers.some((worker) => worker.up.length > 0)) deliverUp(random.pick(workers));
  for (const worker of workers) flushDown(worker);
  while (workers.some((worker) => worker.down.length > 0)) deliverDown(random.pick(workers));

  const expected = dumpTree(authority.tree);
  for (const [index, { replica }] of workers.entries()) {
    if (replica.unacknowledged !== 0) fail(`worker ${index} has ${replica.unacknowledged} changes that nobody acknowledged`);
    const found = dumpTree(replica.tree);
    if (found !== expected) fail(`worker ${index} has another tree:\n${firstDifference(expected, found)}`);
    const [ours, theirs] = [countTree(replica.tree), countTree(authority.tree)];
    if (ours !== theirs) fail(`worker ${index} counts ${ours}, the authority ${theirs}`);
  }
  const again = dumpTree(restoreTree(authority.snapshot(), { reader: readMemoryBlob }));
  if (again !== expected) fail(`the snapshot gives another tree:\n${firstDifference(expected, again)}`);
  return { changes, rejected, conflicts, tokens };
}

/** What the limits go by, without the files that are only kept for those who have them open. */
function countTree(tree: Tree): string {
  let { files, fileBytes } = tree;
  for (const node of tree.nodes()) {
    if (node.nlink > 0) continue;
    if (node.lower === undefined) files--;
    fileBytes -= node.counted;
  }
  return `${files} files of ${fileBytes} bytes`;
}

function firstDifference(expected: string, found: string): string {
  const left = expected.split('\n');
  const right = found.split('\n');
  const at = left.findIndex((line, index) => line !== right[index]);
  return `expected ${(left[at] ?? '(end)').slice(0, 300)}\nfound    ${(right[at] ?? '(end)').slice(0, 300)}`;
}

/** As structured clone makes it, save that Blobs stay those of the test. */
function clone<T>(value: T): T {
  if (value instanceof Uint8Array) return value.slice() as T;
  if (value instanceof Blob || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clone(inner)])) as T;
}
