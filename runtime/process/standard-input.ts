/**
 * What is read of standard input before the program runs. Nothing has to be: a synchronous read that finds nothing makes the process begin
 * anew once there is more (`attempt.ts`). But most pipelines have their input at once, and an attempt is worth some milliseconds.
 */
import type { Platform } from './platform.ts';
import type { Question } from './attempt.ts';
import type { ProcessSyscalls } from './process-syscalls.ts';

/** Milliseconds without a byte after which a first attempt starts with what there is. */
const firstSilenceMs = 5;
const firstBytes = 65_536;

/** Of attempts after it: twice as long each time, so that a writer that says little at a time does not cause one per word. */
const silenceMs = (attempts: number): number => Math.min(1000, 25 * 2 ** (attempts - 1));

/** As much of a pipe as is held for a program that reads it synchronously. */
const maxBytes = 64 << 20;

type Clock = Pick<Platform, 'postTask' | 'setTimer' | 'clearTimer'>;

/** Milliseconds between two looks for layers, and how many there are: beyond that the program is told that there are none. */
const lookMs = 5;
const looks = 4000;

/** Finds the answer that an attempt before has lacked. */
function answer(platform: Clock, syscalls: ProcessSyscalls, question: Question, layers: LateLayers, then: () => void): void {
  if (question !== 'layers' && question !== 'library' && question !== 'mailbox') {
    return syscalls.findProcess(Number(question.slice('process '.length)), (found) => {
      syscalls.answer(question, found);
      then();
    });
  }
  const isHere = { layers: layers.hasEngine, library: layers.hasLibrary, mailbox: layers.hasMailbox ?? (() => false) }[question];
  whenHere(platform, layers, isHere, () => {
    syscalls.answer(question, isHere());
    then();
  });
}

function whenHere(platform: Clock, layers: LateLayers, isHere: () => boolean, then: () => void): void {
  let left = looks;
  const look = () => {
    if (isHere() || layers.hasFailed?.() === true || left === 0) return then();
    if (layers.meanwhile?.() === true) return platform.postTask(look);
    left -= 1;
    platform.setTimer(look, lookMs);
  };
  look();
}

/** Layers that come after the first process may have started. */
export interface LateLayers {
  /** What children need that are waited for. */
  readonly hasEngine: () => boolean;
  /** All of the program's library. */
  readonly hasLibrary: () => boolean;
  /** What reaches the process while it blocks. */
  readonly hasMailbox?: () => boolean;
  /** One of them will not come. */
  readonly hasFailed?: () => boolean;
  /** Does one piece of what the program would have to do later, and returns whether there is more. */
  readonly meanwhile?: () => boolean;
}

/**
 * Runs `then` in a task of its own, once what can be read at once is here, or what an attempt before has lacked.
 *
 * @param layers Without it all of them are here.
 * @param needsLibrary The program will surely ask for what comes late: it need not begin in vain.
 */
export function afterInput(
  platform: Clock,
  syscalls: ProcessSyscalls,
  then: () => void,
  layers: LateLayers = { hasEngine: () => true, hasLibrary: () => true },
  needsLibrary = false,
): void {
  const question = syscalls.earlierInput?.question;
  const begin = () => fetchInput(platform, syscalls, then);
  if (question !== undefined) answer(platform, syscalls, question, layers, begin);
  else if (!needsLibrary) begin();
  else {
    whenHere(platform, layers, layers.hasLibrary, () => {
      if (!layers.hasLibrary()) syscalls.answer('library', false); // It has waited once.
      begin();
    });
  }
}

function fetchInput(platform: Clock, syscalls: ProcessSyscalls, then: () => void): void {
  const info = syscalls.descriptors.info(0);
  const earlier = syscalls.earlierInput;
  const stream = info?.kind === 'stream' && syscalls.start.thread === undefined ? info.stream : undefined;
  // The pipes of `child_process` are sockets, and stay open while the parent waits for the child to speak.
  const wanted = stream === 'pipe-read' || (earlier !== undefined && (stream === 'socket' || stream === 'tty'));
  if (!wanted) return platform.postTask(then);
  const enough = earlier === undefined ? firstBytes : maxBytes;
  // A terminal gives a line at a time, which is what its reader waits for.
  const silence = earlier === undefined ? firstSilenceMs : stream === 'tty' ? 0 : silenceMs(earlier.attempts);
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
    timer = platform.setTimer(begin, silence);
  };
  if (earlier === undefined || (earlier.question !== undefined && earlier.bytes === 0)) rest();
  syscalls.readAhead(0, enough, ({ size, ended }) => {
    if (ended || size >= enough) begin();
    else if (!started && (earlier === undefined || size > earlier.bytes || (earlier.question !== undefined && size === earlier.bytes)))
      rest();
    return !started;
  });
}
