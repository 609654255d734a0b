/** One build at a time: parallel ones queue instead of writing over each other. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Takes the lock at `folder` (making the folder is the atomic step), waiting for whoever holds it; a holder that is no
 * longer running is ignored. Call the result to give it back.
 */
export async function takeLock(folder: string): Promise<() => Promise<void>> {
  let told = false;
  for (;;) {
    try {
      await mkdir(folder);
      await writeFile(join(folder, 'pid'), String(process.pid));
      return () => rm(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // The folder is without its file for a moment after it was made; only a second look without one counts.
    let holder = await readFile(join(folder, 'pid'), 'utf8').catch(() => undefined);
    if (holder === undefined) {
      await delay(500);
      holder = await readFile(join(folder, 'pid'), 'utf8').catch(() => '0');
    }
    if (!isAlive(Number(holder)) || holder === '0') {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) console.log(`waiting  for the build of process ${holder}`);
    told = true;
    await delay(200);
  }
}
