/**
 * One suite for every file system, in a small language: one call a line, `=>` what comes of it (an error's code, text, a
 * list), nothing where it just succeeds. Expectations are Linux's: the same suite runs on Node's own `fs`.
 */
import { runContractLine, type ContractFiles } from './contract-line.ts';
import { fileSystemCases, type FileSystemTraits } from './file-system-cases.ts';

/** The test functions of mocha and of `node:test` alike. */
export interface TestFunctions {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => void) => unknown;
}

/** `open` makes an empty file system for each case. */
export function describeFileSystem(
  name: string,
  open: () => ContractFiles,
  traits: FileSystemTraits,
  { describe, it }: TestFunctions,
): void {
  describe(`${name}, as a file system`, () => {
    for (const { title, lines, needs } of fileSystemCases) {
      if (needs !== undefined && !traits[needs]) continue;
      it(title, () => {
        const fs = open();
        for (const raw of lines.split('\n')) {
          const line = raw.trim();
          if (line === '') continue;
          const [call = '', wanted = ''] = line.split(/ =>(?: |$)/);
          const found = runContractLine(fs, call);
          if (found !== wanted) throw new Error(`"${call}" came to "${found}", wanted "${wanted}"`);
        }
      });
    }
  });
}
