/** What `blob:` URLs are in a browser, as files. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function fileAddresses(folder: string) {
  return {
    make(script: string): string {
      mkdirSync(folder, { recursive: true });
      const address = join(folder, randomUUID());
      writeFileSync(address, script);
      return address;
    },
    revoke: (address: string): void => rmSync(address, { force: true }),
  };
}
