import { PosixError } from '../../../base/errors.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { asyncWraps } from '../wraps/async-wrap.ts';
import { unavailable } from './absent.ts';

/** Bit of an object's transfer mode. */
const kTransferable = 1;

/** The class under `fs.promises`' `FileHandle`: a descriptor that closes once. */
export function makeFileHandle(realm: NodeRealm): Untyped {
  const { AsyncWrap, makeCallback, emitDestroy } = asyncWraps(realm);
  const badDescriptor = () => realm.uvException(-9, 'close');

  return class FileHandle extends AsyncWrap {
    #fd: number;

    constructor(fd: number) {
      super('FILEHANDLE');
      this.#fd = fd;
      Object.defineProperty(this, realm.privateSymbols['transfer_mode_private_symbol']!, { value: kTransferable });
    }

    get fd(): number {
      return this.#fd;
    }

    close(): Promise<void> {
      const fd = this.#fd;
      if (fd < 0) return Promise.reject(badDescriptor());
      this.#fd = -1;
      return new Promise<void>((resolve, reject) => {
        realm.loop.enqueueWork(() => {
          let failure: unknown;
          try {
            realm.syscalls.files.close(fd);
          } catch (error) {
            failure = error instanceof PosixError ? realm.uvException(error.errno, 'close') : error;
          }
          makeCallback(this, () => (failure === undefined ? resolve() : reject(failure as Error)), []);
          emitDestroy(this);
        });
      });
    }

    closeSync(): void {
      const fd = this.#fd;
      if (fd < 0) throw badDescriptor();
      this.#fd = -1;
      realm.syscalls.files.close(fd);
    }

    releaseFD(): number {
      const fd = this.#fd;
      this.#fd = -1;
      return fd;
    }

    readStart(): never {
      throw unavailable('Using a FileHandle as a native stream', 'only HTTP/2 does so');
    }
  };
}
