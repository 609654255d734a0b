/** `process.execve()`: another program in the place of this one, with its id and what stands on descriptors 0 to 2. */
import { errnoTable } from '../../base/errno.ts';
import { environmentOf } from './bindings/process-wrap.ts';
import type { Realm } from './boot.ts';
import { callSites } from './call-sites.ts';
import { sitesText } from './trace-stacks.ts';
import { findExecutable } from './wraps/executable.ts';

/** Does not return: as in Node, a failure is told and aborts the process. */
export function replaceProcess(realm: Realm, file: string, args: readonly string[], envPairs: readonly string[]): never {
  const { files, descriptors } = realm.syscalls;
  const cwd = files.cwd();
  // `execve(2)` searches no path.
  const found = findExecutable(files, file.includes('/') ? file : `./${file}`, { path: undefined, cwd });
  if (found.errno !== undefined) fail(realm, Object.entries(errnoTable).find(([, [number]]) => number === -found.errno)?.[0] ?? 'EIO');
  const fds = [0, 1, 2].filter((fd) => descriptors.info(fd) !== undefined).map((fd) => descriptors.transfer(fd, fd));
  realm.becomeProgram({ file: found.file, argv: [...args], env: environmentOf(envPairs, realm), cwd, umask: files.umask(), fds }, (code) =>
    fail(realm, code),
  );
}

function fail(realm: Realm, code: string): never {
  const lines = sitesText(callSites(10, 0)).trimEnd().split('\n');
  const sites = lines.map((line, index) => `${index + 1}: ${line.trim().replace(/^at /, '')}\n`).join('');
  const text = `process.execve failed with error code ${code}\n\n----- JavaScript stack trace -----\n\n${sites}\n`;
  realm.syscalls.files.write(2, realm.platform.encodeUtf8(text), null);
  return realm.endBySignal('SIGABRT');
}
