/** Which `internal/main` script runs: Node's `StartExecution`. */
import type { Fd } from '../../base/ids.ts';
import { readOptionTexts } from './bindings/options.ts';
import type { NodeRealm } from './realm.ts';

export type MainChoice =
  | { readonly kind: 'script'; readonly id: string }
  /** `--run`. */
  | { readonly kind: 'run'; readonly name: string; readonly args: readonly string[] }
  /** Nothing of the program runs: `text` is written and the process ends. */
  | { readonly kind: 'print'; readonly fd: Fd; readonly text: string; readonly code: number };

/** To pass over these would look like success. */
const notToBeHad = [
  '--experimental-sea-config',
  '--build-snapshot',
  '--build-snapshot-config',
  '--cpu-prof',
  '--heap-prof',
  '--experimental-config-file',
  '--disallow-code-generation-from-strings',
] as const;

export function chooseMain(realm: NodeRealm): MainChoice {
  const { values, rest, errors } = realm.commandLine;
  const script = (name: string): MainChoice => ({ kind: 'script', id: `internal/main/${name}` });
  const start = realm.syscalls.start;
  if (start.thread !== undefined) return script('worker_thread');
  if (errors.length > 0) {
    const name = start.argv[0] ?? 'node';
    return { kind: 'print', fd: 2, text: errors.map((error) => `${name}: ${error}\n`).join(''), code: 9 };
  }
  const revert = values['--security-revert'] as readonly string[] | undefined;
  // No release of this line has a weakness that could be had back.
  if (revert !== undefined && revert.length > 0)
    return { kind: 'print', fd: 2, text: `${start.argv[0] ?? 'node'}: Error: Attempt to revert an unknown CVE [${revert[0]}]\n`, code: 12 };
  const mode = values['--disable-proto'];
  if (mode !== undefined && mode !== '' && mode !== 'delete' && mode !== 'throw')
    return { kind: 'print', fd: 2, text: 'node: invalid mode passed to --disable-proto\n', code: 12 };
  if (values['--version'] === true) return { kind: 'print', fd: 1, text: `${realm.library.meta.version}\n`, code: 0 };
  if (values['--v8-options'] === true) return { kind: 'print', fd: 1, text: readOptionTexts(realm, 'bavini/engine-options'), code: 0 };
  const inspecting =
    ['--inspect', '--inspect-brk', '--inspect-wait'].find((name) => values[name] === true) ??
    (rest[0] === 'inspect' ? 'inspect' : undefined);
  if (inspecting !== undefined) {
    return {
      kind: 'print',
      fd: 2,
      text: `node: ${inspecting} is not available: a browser gives a page no inspector of its own workers\n`,
      code: 9,
    };
  }
  const refused = notToBeHad.find((name) => values[name] !== undefined && values[name] !== false && values[name] !== '');
  if (refused !== undefined) return { kind: 'print', fd: 2, text: `node: ${refused} is not available in the browser\n`, code: 9 };
  if (typeof values['--run'] === 'string' && values['--run'] !== '') return { kind: 'run', name: values['--run'], args: rest };
  if (values['--help'] === true) return script('print_help');
  if (values['[has_eval_string]'] === true && values['--interactive'] !== true) return script('eval_string');
  if (values['--check'] === true) return script('check_syntax');
  if (values['--test'] === true) return script('test_runner');
  if (values['--watch'] === true) return script('watch_mode');
  if (rest.length > 0 && rest[0] !== '-' && rest[0] !== '') return script('run_main_module');
  if (values['--interactive'] === true || isTty(realm, 0)) return script('repl');
  return script('eval_stdin');
}

function isTty(realm: NodeRealm, fd: Fd): boolean {
  const info = realm.syscalls.descriptors.info(fd);
  return info?.kind === 'stream' && info.stream === 'tty';
}
