/** Forged messages. Whatever a worker sends: the kernel goes on, other workers notice nothing, nothing foreign is reached. */
import { assert } from 'chai';
import { PROCESS_WIRE_VERSION } from '../wires/process-wire.ts';
import { Harness, type Program } from './kernel-harness.ts';

/** A worker that was greeted, started its program `victim` and may say anything now. */
interface Forger {
  readonly post: (message: unknown) => void;
  readonly notice: (notice: unknown) => void;
  /** The reply to a forged call: its result, or the code of its error. */
  readonly call: (op: string, args: object) => Promise<unknown>;
  readonly pid: number;
  readonly messages: unknown[];
}

interface Reply {
  readonly kind: string;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code?: string; readonly name?: string };
  readonly notice?: { readonly kind: string; readonly start?: { readonly pid: number } };
}

async function forge(): Promise<{ harness: Harness; forger: Forger }> {
  let found: ((forger: Forger) => void) | undefined;
  const ready = new Promise<Forger>((resolve) => (found = resolve));
  const harness = await Harness.open({
    own: { victim: () => Promise.resolve() },
    onWorker: (port) => {
      const messages: Reply[] = [];
      const waiting = new Map<number, (reply: Reply) => void>();
      let nextId = 1000;
      const post = (message: unknown) => port.postMessage(message);
      const notice = (body: unknown) => post({ kind: 'notice', notice: body });
      port.onmessage = ({ data }: { data: Reply }) => {
        messages.push(data);
        if (data.id !== undefined) waiting.get(data.id)?.(data);
        const pid = data.notice?.start?.pid;
        if (pid === undefined) return;
        const call = (op: string, args: object) =>
          new Promise<unknown>((resolve) => {
            const id = nextId++;
            waiting.set(id, (reply) => resolve(reply.kind === 'reply' ? reply.result : (reply.error?.code ?? reply.error?.name)));
            post({ kind: 'call', id, op, args });
          });
        found?.({ post, notice, call, pid, messages });
      };
      notice({ kind: 'hello', version: PROCESS_WIRE_VERSION });
    },
  });
  await harness.spawn('victim');
  return { harness, forger: await ready };
}

/** The worker was ended and the page told why. */
async function isEnded(harness: Harness): Promise<void> {
  await harness.notice(({ kind }) => kind === 'endWorker');
  const fault = await harness.notice(({ kind }) => kind === 'fault');
  assert.equal(fault.kind === 'fault' && fault.error.kind === 'bv' ? fault.error.code : '', 'ERR_BV_BAD_MESSAGE');
  assert.equal(harness.kernel.counts.workers, 0);
  await harness.settle();
  await harness.close();
}

describe('Kernel, hostile workers', () => {
  const messages: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a string', 'hello'],
    ['a number', 42],
    ['a list', [1, 2, 3]],
    ['no kind', {}],
    ['an unknown kind', { kind: 'take over' }],
    ['a notice without a body', { kind: 'notice' }],
    ['a notice of null', { kind: 'notice', notice: null }],
    ['a notice of no kind', { kind: 'notice', notice: {} }],
    ['a notice of the kernel', { kind: 'notice', notice: { kind: 'start', start: {} } }],
    ['a second greeting', { kind: 'notice', notice: { kind: 'hello', version: PROCESS_WIRE_VERSION } }],
    ['a call without an id', { kind: 'call', op: 'pipe', args: {} }],
    ['a call with a strange id', { kind: 'call', id: 'x', op: 'pipe', args: {} }],
    ['a call without arguments', { kind: 'call', id: 1, op: 'pipe' }],
    ['a call of an unknown operation', { kind: 'call', id: 1, op: 'shutdownKernel', args: {} }],
    ['a call of what every object has', { kind: 'call', id: 1, op: 'constructor', args: {} }],
    ['a call of __proto__', { kind: 'call', id: 1, op: '__proto__', args: {} }],
    ['a call of the page', { kind: 'call', id: 1, op: 'createContainer', args: {} }],
    ['changes that are no list', { kind: 'notice', notice: { kind: 'changes', changes: 'all' } }],
    ['a change of no kind', { kind: 'notice', notice: { kind: 'changes', changes: [{}] } }],
    [
      'a change with a path for a name',
      { kind: 'notice', notice: { kind: 'changes', changes: [{ kind: 'unlink', parent: 1, name: '../etc', timeMs: 0 }] } },
    ],
    [
      "a change with another's inode number",
      {
        kind: 'notice',
        notice: { kind: 'changes', changes: [{ kind: 'create', parent: 1, name: 'x', ino: 5, mode: 0o100644, uid: 0, gid: 0, timeMs: 0 }] },
      },
    ],
    [
      'a write at a negative offset',
      { kind: 'notice', notice: { kind: 'changes', changes: [{ kind: 'write', ino: 1, at: -1, bytes: new Uint8Array(1), timeMs: 0 }] } },
    ],
    ['an exit of no process id', { kind: 'notice', notice: { kind: 'exit', pid: 'all', code: 0, signal: null } }],
    ['a closing of no process id', { kind: 'notice', notice: { kind: 'close', handle: 1 } }],
  ];
  for (const [what, message] of messages) {
    it(`ends a worker that sends ${what}`, async () => {
      const { harness, forger } = await forge();
      forger.post(message);
      await isEnded(harness);
    });
  }

  const calls: readonly (readonly [string, string, object])[] = [
    ['a process id that is a string', 'pipe', { pid: '1' }],
    ['a handle that is an object', 'read', { handle: {}, maxBytes: 1 }],
    ['a handle that is a fraction', 'read', { handle: 1.5, maxBytes: 1 }],
    ['no number of bytes', 'read', { handle: 1 }],
    ['a negative number of bytes', 'read', { handle: 1, maxBytes: -1 }],
    ['text for bytes', 'write', { handle: 1, bytes: 'text' }],
    ['a buffer for bytes', 'write', { handle: 1, bytes: new ArrayBuffer(4) }],
    ['words for bytes', 'write', { handle: 1, bytes: new Uint16Array(4) }],
    ['an unknown signal', 'kill', { target: 1, signal: 'SIGNOPE' }],
    ['a signal that every object has', 'kill', { target: 1, signal: 'toString' }],
    ['a port beyond 65535', 'listen', { address: { host: '::', port: 65_536 }, backlog: 1 }],
    ['an address that is a string', 'connect', { address: 'localhost:80' }],
    ['an unknown address family', 'lookup', { host: 'localhost', family: 5 }],
    ['arguments that are no list', 'spawn', { file: '/usr/bin/victim', argv: 'x', env: [], cwd: '/', umask: 0, fds: [] }],
    ['an argument that is no string', 'spawn', { file: '/usr/bin/victim', argv: [1], env: [], cwd: '/', umask: 0, fds: [] }],
    ['a variable that is no pair', 'spawn', { file: '/usr/bin/victim', argv: [], env: ['A=b'], cwd: '/', umask: 0, fds: [] }],
    ['an unknown engine', 'spawn', { file: '/usr/bin/victim', argv: [], env: [], cwd: '/', umask: 0, fds: [], engine: 'wild' }],
    ['a descriptor of no kind', 'spawn', { file: '/usr/bin/victim', argv: [], env: [], cwd: '/', umask: 0, fds: [{ fd: 0 }] }],
    [
      'a negative descriptor',
      'spawn',
      { file: '/usr/bin/victim', argv: [], env: [], cwd: '/', umask: 0, fds: [{ fd: -1, kind: 'stream', stream: 'socket', handle: 1 }] },
    ],
  ];
  for (const [what, op, args] of calls) {
    it(`ends a worker that calls ${op} with ${what}`, async () => {
      const { harness, forger } = await forge();
      void forger.call(op, { pid: forger.pid, ...args });
      await isEnded(harness);
    });
  }

  const refused: readonly (readonly [string, string, object, string])[] = [
    ['a process that is not its own', 'pipe', { pid: 1 }, 'ESRCH'],
    ['a process to come', 'read', { pid: 100_000, handle: 1, maxBytes: 1 }, 'ESRCH'],
    ['a handle it was never given', 'read', { handle: 999, maxBytes: 1 }, 'EBADF'],
    ['a handle for what it cannot do', 'read', { handle: 2, maxBytes: 1 }, 'EBADF'],
    ['a pipe for a tty', 'getTty', { handle: 1 }, 'ENOTTY'],
    ['a pipe for a listener', 'accept', { handle: 1 }, 'EINVAL'],
    [
      'a pipe for a thread',
      'spawn',
      { file: '/usr/bin/victim', argv: [], env: [], cwd: '/', umask: 0, fds: [], thread: { channel: 1, data: 0 } },
      'EBADF',
    ],
    ['a group of nobody', 'kill', { target: -77_777, signal: 'SIGKILL' }, 'ESRCH'],
    ['a uid that is not its own', 'spawn', { file: '/usr/bin/victim', argv: [], env: [], cwd: '/', umask: 0, fds: [], uid: 0 }, 'EPERM'],
    ['a relative file', 'spawn', { file: 'victim', argv: [], env: [], cwd: '/', umask: 0, fds: [] }, 'EINVAL'],
    ['a file with a NUL', 'spawn', { file: '/usr\0', argv: [], env: [], cwd: '/', umask: 0, fds: [] }, 'EINVAL'],
    [
      'one descriptor twice',
      'spawn',
      { file: '/usr/bin/victim', argv: [], env: [], cwd: '/', umask: 0, fds: [], socketPairs: [1, 1] },
      'EINVAL',
    ],
    ['a pid it was not given', 'spawn', { file: '/usr/bin/victim', argv: [], env: [], cwd: '/', umask: 0, fds: [], childPid: 1 }, 'EINVAL'],
    ['a path that is too long', 'listen', { address: { path: `/${'x'.repeat(5000)}` }, backlog: 1 }, 'ENAMETOOLONG'],
    ['a terminal it does not have', 'openTty', {}, 'ENXIO'],
  ];
  for (const [what, op, args, code] of refused) {
    it(`${op} refuses ${what} with ${code}`, async () => {
      const { harness, forger } = await forge();
      assert.equal(await forger.call(op, { pid: forger.pid, ...args }), code);
      await harness.close();
    });
  }

  it('ends a worker that speaks before it greets, or another version', async () => {
    for (const notice of [
      { kind: 'changes', changes: [] },
      { kind: 'hello', version: 999 },
    ]) {
      const harness = await Harness.open({
        own: { victim: () => Promise.resolve() },
        onWorker: (port) => port.postMessage({ kind: 'notice', notice }),
      });
      let code = '';
      await harness.spawn('victim').catch((error: { code: string }) => (code = error.code));
      assert.equal(code, 'EAGAIN');
      await harness.close();
    }
  });

  it('a worker cannot name what another one has', async () => {
    const seen: string[] = [];
    const other: Program = async (process) => {
      for (let handle = 1; handle < 20; handle++) {
        await process.worker.peer
          .call('write', { pid: process.pid, handle: handle + 3, bytes: new Uint8Array(1) })
          .catch((error: { code: string }) => seen.push(error.code));
      }
      await process.worker.peer.call('kill', { pid: process.pid, target: process.pid, signal: 0 });
    };
    const idle: Program = async (process) => {
      for (let i = 0; i < 10; i++) await process.call('pipe', {});
      await process.read(0);
    };
    const harness = await Harness.open({ own: { other, idle } });
    await harness.spawn('idle');
    await harness.run('other');
    assert.deepEqual([...new Set(seen)], ['EBADF']);
    await harness.close();
  });

  it('a worker of another container finds no process there', async () => {
    const codes: string[] = [];
    let victim = 0;
    const idle: Program = () => new Promise<never>(() => {});
    const killer: Program = async (process) => {
      await process.call('kill', { target: victim, signal: 'SIGKILL' }).catch((error: { code: string }) => codes.push(error.code));
      await process.call('kill', { target: -1, signal: 'SIGKILL' }).catch((error: { code: string }) => codes.push(error.code));
    };
    const harness = await Harness.open({ own: { idle, killer } });
    victim = (await harness.spawn('idle')).pid;
    const second = await harness.createContainer();
    const { pid } = await harness.spawn('killer', [], { container: second });
    await harness.peer.call('wait', { container: second, pid });
    assert.deepEqual(codes, ['ESRCH', 'ESRCH']);
    assert.equal((await harness.peer.call('processes', { container: harness.container })).rows[0]?.state, 'running');
    await harness.close();
  });

  it('does not answer calls by what a program put on prototypes', async () => {
    const { harness, forger } = await forge();
    const args = JSON.parse(`{"pid":${forger.pid},"__proto__":{"handle":1,"maxBytes":1}}`) as object;
    void forger.call('read', args);
    await isEnded(harness);
  });

  it('cancels of what was never asked, and replies to nothing, are nothing', async () => {
    const { harness, forger } = await forge();
    forger.post({ kind: 'cancel', id: 12 });
    forger.post({ kind: 'reply', id: 12, result: {} });
    forger.post({ kind: 'failure', id: 12, error: null });
    assert.isObject(await forger.call('pipe', { pid: forger.pid }));
    await harness.close();
  });
});
