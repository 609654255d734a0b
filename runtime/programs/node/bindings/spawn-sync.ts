import { BvError } from '../../../base/errors.ts';
import type { SyncSpawnAnswer, SyncSpawnRequest } from '../../../process/nested/sync-spawner.ts';
import { runGoChild } from '../go-children.ts';
import { heldOutput } from '../held-output.ts';
import type { MakeBinding, NodeRealm, Untyped } from '../realm.ts';
import { uv } from '../wraps/errors.ts';
import { checkDirectory, findExecutable } from '../wraps/executable.ts';
import { environmentOf } from './process-wrap.ts';

/** Blocks until the child has ended. Who can do so is decided where the realm is made. */
export type SyncSpawner = (spawn: SyncSpawnRequest) => SyncSpawnAnswer;

const SIGTERM = 15;

function runChild(realm: NodeRealm, spawn: SyncSpawnRequest, name: string): SyncSpawnAnswer {
  const run = realm.syncSpawner;
  if (run !== undefined) return run(spawn);
  throw new BvError(
    'ERR_BV_UNSUPPORTED',
    `Cannot run "${name}" and wait for it: this worker has no way to block. The engine "quickjs", a service worker or a cross-origin isolated page would enable it; spawn() and exec() need none`,
  );
}

/** `internalBinding('spawn_sync')`: everything of `spawnSync()` but the blocking itself. */
export const makeSpawnSync: MakeBinding = (realm) => ({
  spawn(options: Untyped): Untyped {
    const { files } = realm.syscalls;
    const env = environmentOf(options.envPairs as string[] | undefined, realm);
    const own = files.cwd();
    const asked = options.cwd as string | undefined;
    const cwd = !asked ? own : asked.startsWith('/') ? asked : `${own.replace(/\/$/, '')}/${asked}`;
    const failed = (error: number) => ({ pid: 0, status: null, signal: null, output: null, error });
    const wrong = checkDirectory(files, cwd);
    if (wrong !== 0) return failed(wrong);
    const found = findExecutable(files, options.file as string, { path: env.find(([name]) => name === 'PATH')?.[1], cwd });
    if (found.errno !== undefined) return failed(found.errno);
    heldOutput(realm).flush();
    let unsupported = 0;
    const stdio = ((options.stdio as Untyped[]) ?? []).map((entry, fd): SyncSpawnRequest['stdio'][number] => {
      switch (entry.type) {
        case 'pipe':
        case 'overlapped': {
          const input = entry.input as ArrayBufferView | null | undefined;
          const bytes = input ? new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength).slice() : null;
          return { kind: 'pipe', input: bytes };
        }
        case 'inherit':
        case 'fd':
          return { kind: 'inherit', fd: (entry.fd as number | undefined) ?? fd };
        case 'ignore':
          return { kind: 'ignore' };
        default:
          unsupported = uv('EINVAL');
          return { kind: 'ignore' };
      }
    });
    if (unsupported !== 0) return failed(unsupported);
    const spawn: SyncSpawnRequest = {
      file: found.file,
      args: ((options.args as string[] | undefined) ?? [options.file as string]).map(String),
      env,
      cwd,
      stdio,
      timeout: (options.timeout as number | undefined) ?? 0,
      maxBuffer: (options.maxBuffer as number | undefined) ?? Infinity,
      killSignal: (options.killSignal as number | undefined) || SIGTERM,
    };
    const ahead = () => (realm.syscalls.goAhead === undefined ? undefined : realm.library.part('children').runAhead(realm, spawn));
    const result = runGoChild(realm, spawn) ?? ahead() ?? runChild(realm, spawn, options.file as string);
    const { Buffer } = realm.requireBuiltin('buffer');
    return {
      pid: result.pid,
      status: result.status,
      signal: result.signal,
      output: result.output && result.output.map((bytes) => bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
      ...(result.error === undefined ? {} : { error: result.error }),
    };
  },
});
