/** Entry of a container's worker of trusted programs (`shared-programs.ts`): each process is a coroutine. */
import { WorkerConnection } from '../process/connection.ts';
import { readBlobSync } from '../process/native-platform.ts';
import { runProgram } from '../process/program.ts';
import { ProcessSyscalls } from '../process/process-syscalls.ts';
import type * as managers from './npm/main.ts';
import type { ProcessStart } from '../wires/process-wire.ts';
import { trustedPrograms } from './shared-programs.ts';

/** Their code is asked for together with its beginning, which else would be what asks for it. */
function loadManagers(): Promise<typeof managers> {
  import('./npm/cli.ts').catch(() => undefined); // Who needs it is told.
  return import('./npm/main.ts');
}

const programs = new Map(trustedPrograms(loadManagers).map((row) => [row.name, row]));

let awake: Promise<void> | undefined;

/** An install that comes asks this before all else (`npm/new-here.ts`): a browser that has just started takes 70 ms for the first answer. */
async function wakeDatabases(): Promise<void> {
  try {
    await indexedDB.databases();
  } catch {
    // There are none, or none that it tells of.
  }
}

async function run(start: ProcessStart, syscalls: ProcessSyscalls, signal: AbortSignal): Promise<void> {
  const row = programs.get(start.program);
  if (row === undefined) {
    // The kernel's registry and this table are made of the same rows; a stale asset can still disagree.
    syscalls.files.write(2, new TextEncoder().encode(`${start.program}: this program is not part of the loaded runtime\n`), null);
    syscalls.exit({ code: 127 });
    return;
  }
  let status;
  try {
    status = await runProgram(await row.load(), syscalls, signal);
  } catch (error) {
    syscalls.files.write(
      2,
      new TextEncoder().encode(`${start.program}: ${error instanceof Error ? error.message : String(error)}\n`),
      null,
    );
    status = { code: 126 };
  }
  if (status !== null) syscalls.exit(status);
  void (awake ??= wakeDatabases());
}

function connect(port: MessagePort): WorkerConnection {
  return new WorkerConnection(port, {
    readBlob: readBlobSync,
    onStart(start, connection) {
      const killed = new AbortController();
      const syscalls = new ProcessSyscalls(start, connection, {
        randomFill: (bytes) => {
          for (let at = 0; at < bytes.length; at += 65_536)
            crypto.getRandomValues(bytes.subarray(at, at + 65_536) as Uint8Array<ArrayBuffer>);
        },
        onEnd: (how) => {
          if (how === 'killed') killed.abort();
        },
      });
      void run(start, syscalls, killed.signal);
      return syscalls;
    },
  });
}

/** Of the container that it serves. The next one's port comes when nothing of the one before runs any more. */
let connection: WorkerConnection | undefined;
addEventListener('message', ({ data: { port } }: MessageEvent<{ port: MessagePort | null }>) => {
  connection?.peer.close();
  connection = port === null ? undefined : connect(port);
});
postMessage('ready');
