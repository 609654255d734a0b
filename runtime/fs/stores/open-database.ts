import { openDB, type DBSchema, type IDBPDatabase, type OpenDBCallbacks } from 'idb';

/**
 * Chromium fails with `UnknownError` where the files of a database are locked, after 2 s of its own trying (measured): by the process of a
 * browser that was killed and has not ended yet. A moment later all that was stored is there.
 */
const attempts = 4;
const pauseMs = 100;

/** As idb's `openDB`, and tries again where the browser may just not be ready. */
export async function openDatabase<Schema extends DBSchema>(
  name: string,
  version: number,
  callbacks: OpenDBCallbacks<Schema>,
): Promise<IDBPDatabase<Schema>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openDB<Schema>(name, version, callbacks);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'UnknownError' || attempt === attempts) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
