import { PosixError } from '../../../base/errors.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { asyncWraps } from '../wraps/async-wrap.ts';
import { fsRequests } from './fs-requests.ts';
import { direntType } from './fs-stat.ts';

/** `internalBinding('fs_dir')`. A handle holds the names that were there when it was opened. */
export function makeFsDir(realm: NodeRealm): Untyped {
  const requests = fsRequests(realm);
  const { run, pathOf, named } = requests;
  const { AsyncWrap } = asyncWraps(realm);

  class DirHandle extends AsyncWrap {
    #entries: readonly { readonly name: string; readonly type: number }[];
    #at = 0;
    #closed = false;

    constructor(entries: readonly { readonly name: string; readonly type: number }[]) {
      super('DIRHANDLE');
      this.#entries = entries;
    }

    /** Up to `count` entries as name, kind, name, kind …; null at the end. */
    read(encoding: unknown, count: number, request?: unknown): unknown {
      return run(request, { syscall: 'scandir', losesThrown: true }, () => {
        if (this.#closed) throw new PosixError('EBADF');
        const part = this.#entries.slice(this.#at, this.#at + count);
        this.#at += part.length;
        return part.length === 0 ? null : part.flatMap((entry) => [named(entry.name, encoding), direntType(entry.type)]);
      });
    }

    close(request?: unknown): unknown {
      return run(request, { syscall: 'closedir' }, () => {
        this.#closed = true;
      });
    }
  }

  const open = (given: unknown, request?: unknown) => {
    const path = pathOf(given);
    // Node tells the path of a failed asynchronous call only.
    return run(
      request,
      request === undefined ? { syscall: 'opendir' } : { syscall: 'opendir', path },
      () => new DirHandle(realm.syscalls.files.readdir(path)),
    );
  };
  return {
    DirHandle,
    opendir: (path: unknown, _encoding: unknown, request?: unknown) => open(path, request),
    opendirSync: (path: unknown) => open(path),
  };
}
