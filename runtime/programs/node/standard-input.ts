/**
 * `fs.readFileSync(0)` blocks in Node until the writer of the pipe is done. A worker cannot block, so what will come is read before
 * the program runs: to the end where the script reads its standard input synchronously, else for a moment where it is a pipe.
 */
import { PosixError } from '../../base/errors.ts';
import type { Platform } from '../../process/platform.ts';
import type { ProcessSyscalls } from '../../process/process-syscalls.ts';

/** What a script says that reads its standard input synchronously. */
const synchronous = /\/dev\/stdin|\breadFileSync\s*\(\s*0\b|\breadSync\s*\(\s*0\b|\bstdin\.fd\b|\/(?:dev|proc\/self)\/fd\/0\b|STDIN_FILENO/;

const endings = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '/index.js'];

/** Milliseconds without a byte after which a program starts with what there is. */
const silenceMs = { synchronous: 2000, other: 25 };
const maxBytes = { synchronous: 64 << 20, other: 65_536 };

/** `undefined`: nothing is to be read ahead. */
function wish(syscalls: ProcessSyscalls): keyof typeof silenceMs | undefined {
  const { start, files, descriptors } = syscalls;
  const info = descriptors.info(0);
  if (start.thread !== undefined || info?.kind !== 'stream' || (info.stream !== 'pipe-read' && info.stream !== 'socket')) return undefined;
  const args = start.argv.slice(1);
  if (args.some((arg) => synchronous.test(arg))) return 'synchronous';
  const script = args.find((arg) => !arg.startsWith('-'));
  if (script === undefined || args.some((arg) => /^(-e|-p|-pe|--eval|--print)$/.test(arg))) return undefined;
  for (const ending of endings) {
    let text: string;
    try {
      const path = script + ending;
      if ((files.stat(path).mode & 0o170000) !== 0o100000) continue;
      text = new TextDecoder().decode(files.readFile(path));
    } catch (error) {
      if (error instanceof PosixError) continue;
      throw error;
    }
    if (synchronous.test(text)) return 'synchronous';
    // Only a shell's pipe: the pipes of `child_process` stay open while the parent waits for the child to speak.
    return info.stream === 'pipe-read' ? 'other' : undefined;
  }
  return undefined;
}

/** Runs `then` in a task of its own, once what can be read at once is here. */
export function afterInput(platform: Platform, syscalls: ProcessSyscalls, then: () => void): void {
  const kind = wish(syscalls);
  if (kind === undefined) return platform.postTask(then);
  let timer: number | undefined;
  let started = false;
  const begin = () => {
    if (started) return;
    started = true;
    if (timer !== undefined) platform.clearTimer(timer);
    platform.postTask(then);
  };
  const rest = () => {
    if (timer !== undefined) platform.clearTimer(timer);
    timer = platform.setTimer(begin, silenceMs[kind]);
  };
  rest();
  syscalls.readAhead(0, maxBytes[kind], ({ size, ended }) => {
    if (ended || size >= maxBytes[kind]) begin();
    else if (!started) rest();
    return !started;
  });
}
