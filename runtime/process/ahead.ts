/**
 * A process that goes on while a child runs that it waits for (`spawnSync`), in a worker that cannot block. That is sound as long as
 * nobody can tell: the child's output goes elsewhere, what the process says to the kernel is held until the child has ended, it sees
 * nothing that came meanwhile, and what it looked at is what the child has left as it was. The one thing it is told of the child before
 * it is known is that it succeeds. Where any of this turns out to be otherwise the process ends, and says so.
 */
import type { Handle, Ino, Pid } from '../base/ids.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { Change } from '../wires/change.ts';
import type { PidRange, SpawnArgs } from '../wires/process-wire.ts';
import type { ProcessPeer } from './connection.ts';
import type { HeldPort } from './held-port.ts';
import type { ExitStatus } from './syscalls.ts';

export interface AheadOptions {
  readonly port: HeldPort;
  readonly peer: Pick<ProcessPeer, 'send' | 'notify'>;
  readonly files: FileSystem;
  readonly pid: Pid;
  /** What the process says of itself goes there. */
  readonly stderr: () => Handle | undefined;
  /** It has ended, though its program does not know it. */
  readonly onFailure: () => void;
}

const encoder = new TextEncoder();

/** What was looked at: a node, a name in a directory, or all names of one. */
type Seen = Ino | `${Ino}/${string}`;
const allNames = '/';
const anyName = '//';

export class Ahead {
  readonly #options: AheadOptions;
  /** Children that were started, and those that have ended. */
  #started = 0;
  #over = 0;
  /** Everything that was looked at, with the last child that may not change it and the path that led there. */
  readonly #seen = new Map<Seen, { readonly child: number; readonly path: string; readonly isMissing: boolean }>();
  /** Where there was nothing, and perhaps is something now. */
  readonly #suspected = new Set<string>();
  #changed: string | undefined;
  #whenOver: (() => void)[] = [];

  constructor(options: AheadOptions) {
    this.#options = options;
  }

  /** Whether a child runs that the process takes to have ended. */
  get isOn(): boolean {
    return this.#over < this.#started;
  }

  /** Runs `then` once all children have ended as they should; at once if there are none. */
  whenOver(then: () => void): void {
    if (this.isOn) this.#whenOver.push(then);
    else then();
  }

  /** The kernel has ended the process: nothing that was held counts. */
  stop(): void {
    this.#started = this.#over = 0;
    this.#whenOver = [];
    this.#forget();
    this.#options.port.drop();
  }

  #forget(): void {
    this.#seen.clear();
    this.#suspected.clear();
  }

  start(args: SpawnArgs, command: string, onPids: (range: PidRange | undefined) => void): void {
    const { peer, port, pid } = this.#options;
    this.#started++;
    peer.send('spawn', args, ({ error, result }) => {
      if (error === undefined) onPids(result.childPids);
    });
    peer.send('wait', { pid, child: args.childPid! }, ({ error, result }) => {
      if (!this.isOn) return;
      if (error !== undefined) this.#fail({ code: 1 }, `${command} could not be run: ${error.message}`);
      else if (result === null || result.signal !== null) this.#fail({ signal: result?.signal ?? 'SIGKILL' });
      else if (result.code !== 0) {
        const code = result.code ?? 1;
        this.#fail({ code }, `${command} ended with code ${code}, and so does the program that waited for it`);
      } else {
        const changed = this.#changed ?? [...this.#suspected].find((path) => this.#inoOf(path) !== undefined);
        if (changed === undefined) return this.#succeeded();
        this.#fail(
          { code: 1 },
          `The program went on while ${command} ran, which nothing here can wait for, and looked at what that has changed: ${changed}. spawn() and exec() need not wait`,
        );
      }
    });
    port.hold();
  }

  #succeeded(): void {
    this.#over++;
    if (this.isOn) return this.#options.port.release();
    this.#forget();
    this.#options.port.release();
    const waiting = this.#whenOver;
    this.#whenOver = [];
    for (const then of waiting) then();
  }

  #fail(status: ExitStatus, message?: string): void {
    const { peer, pid, stderr, onFailure } = this.#options;
    this.stop();
    const handle = message === undefined ? undefined : stderr();
    if (handle !== undefined) peer.send('write', { pid, handle, bytes: encoder.encode(`node: ${message}\n`) }, () => undefined);
    peer.notify({
      kind: 'exit',
      pid,
      code: 'code' in status ? status.code : null,
      signal: 'signal' in status ? status.signal : null,
    });
    onFailure();
  }

  /** The program has looked at `path`, which is absolute; with `names`, at what the directory holds. */
  saw(path: string, names = false): void {
    if (!this.isOn) return;
    const own = this.#inoOf(path);
    const isMissing = own === undefined;
    const note = (seen: Seen) => void this.#seen.set(seen, { child: this.#started, path, isMissing });
    if (own !== undefined) {
      note(own);
      if (names) note(`${own}/${allNames}`);
    }
    // The name itself, or the first one on the way that leads nowhere.
    for (let at = path.replace(/\/+$/, ''); at !== '';) {
      const cut = at.lastIndexOf('/');
      const parent = this.#inoOf(at.slice(0, cut) || '/');
      if (parent !== undefined) {
        note(`${parent}/${anyName}`);
        return note(`${parent}/${at.slice(cut + 1)}`);
      }
      at = at.slice(0, cut).replace(/\/+$/, '');
    }
  }

  #inoOf(path: string): Ino | undefined {
    try {
      return this.#options.files.nodeAt(path, { follow: true }).ino;
    } catch {
      return undefined;
    }
  }

  /** Others have changed files. */
  changed(changes: readonly Change[]): void {
    if (!this.isOn) return;
    for (const change of changes) {
      for (const what of changedBy(change)) {
        const seen = this.#seen.get(what);
        if (seen === undefined || seen.child <= this.#over) continue;
        if (seen.isMissing) this.#suspected.add(seen.path);
        else this.#changed ??= seen.path;
      }
    }
  }
}

function changedBy(change: Change): readonly Seen[] {
  switch (change.kind) {
    case 'create':
    case 'link':
    case 'unlink':
      return [`${change.parent}/${change.name}`, `${change.parent}/${allNames}`];
    case 'rename':
      return [
        `${change.parent}/${change.name}`,
        `${change.parent}/${allNames}`,
        `${change.toParent}/${change.toName}`,
        `${change.toParent}/${allNames}`,
      ];
    case 'mount':
    case 'unmount':
      return [`${change.ino}/${allNames}`, `${change.ino}/${anyName}`];
    case 'write':
    case 'replace':
    case 'truncate':
      return [change.ino];
    default:
      return []; // Owners, modes and times, and what has no name.
  }
}
