/**
 * Whether a program will ask for what comes behind the first process on a slow line. Only a guess, which saves a start in vain:
 * who was guessed wrong begins anew (`process/attempt.ts`).
 */
import { PosixError } from '../../base/errors.ts';
import type { Syscalls } from '../../process/syscalls.ts';
import { parseCommandLine } from './command-line.ts';
import type { LayerLibrary } from './layer-library.ts';

/** Scripts larger than that are not looked at: they are sure to need much. */
const maxScriptBytes = 200_000;
const imports = /\b(?:(require)\s*\(|from|import\s*\(?)\s*(['"`])([^'"`\n]*)\2/g;
/** Options that nothing but plain scripts have. */
const plainOptions = /^(--no-|--enable-|--stack-trace-limit|--trace-|--throw-|--unhandled-rejections|--title|--use-)/;
const lateGlobals =
  /\b(fetch|crypto|stdin|WebSocket|EventSource|Worker|Blob|FormData|Headers|Request|Response|structuredClone|MessageChannel|BroadcastChannel|createContext|runInNewContext|TZ|\w+Stream)\b/;
/** A program that begins anew must write the same again, which it does not with these. */
const everDifferent = /\b(random|Date|performance|hrtime|uptime|memoryUsage|cpuUsage|resourceUsage)\b/;

export function mayNeedLateLibrary(syscalls: Syscalls, library: LayerLibrary, decode: (bytes: Uint8Array) => string): boolean {
  const { argv, thread, env } = syscalls.start;
  if (thread !== undefined || env.some(([name]) => name === 'NODE_OPTIONS')) return true;
  const { values, rest } = parseCommandLine(library.meta, argv.slice(1));
  const options = argv.slice(1).filter((one, at, all) => one.startsWith('-') && all.slice(0, at).every((before) => before.startsWith('-')));
  if (values['[has_eval_string]'] === true) {
    if (options.some((one) => !/^-(?:e|p|pe|-eval|-print)$/.test(one) && !plainOptions.test(one))) return true;
    return asksForLate(String(values['--eval']), library);
  }
  const script = rest[0];
  if (script === undefined || !/\.[cm]?js$/.test(script) || options.some((one) => !plainOptions.test(one))) return true;
  try {
    const bytes = syscalls.files.readFile(script);
    return bytes.length > maxScriptBytes || asksForLate(decode(bytes), library);
  } catch (error) {
    if (error instanceof PosixError) return false; // Node says so, with what is here.
    throw error;
  }
}

function asksForLate(text: string, library: LayerLibrary): boolean {
  if (lateGlobals.test(text) || everDifferent.test(text)) return true;
  for (const [, required, , specifier = ''] of text.matchAll(imports)) {
    const id = specifier.replace(/^node:/, '');
    // An `import` names every export of a builtin, which loads what they stand for.
    if (required === undefined || library.isLate(id) || !library.meta.builtinIds.includes(id)) return true;
  }
  return false;
}
