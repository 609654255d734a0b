/** Asks the pinned Node for its library: source texts, and what its C++ side would answer. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LibraryMeta, OptionInfo } from '../../programs/node/library.ts';

/** What beyond `LibraryMeta` the same question yields. */
export interface DumpedMeta extends Omit<LibraryMeta, 'optionInfo' | 'leftOut'> {
  readonly optionInfo: readonly (readonly [string, OptionInfo & { readonly helpText: string }])[];
  /** Ids in the order in which `node -e 0` loads them, then those that the plainest programs add to it. */
  readonly bootOrder: readonly string[];
}

/**
 * What the C++ side answers. Numbers of errors, flags and signals are the system's, and containers are Linux: so a build takes the answers
 * that Linux gave (`fixtures/linux-x64.json`, by `record-node-answers.ts`), and is the same on every system.
 */
export interface Answers {
  readonly meta: DumpedMeta;
  /** What is plain data of the binding `http2`: its constants, and names of errors. */
  readonly http2: object;
  /** What `node --v8-options` prints, but for the first line, which is of one machine's processor. */
  readonly engineOptions: string;
}

type Asked = Omit<Answers, 'engineOptions'> & { readonly natives: Readonly<Record<string, string>> };

export const answersFile = fileURLToPath(new URL('fixtures/linux-x64.json', import.meta.url));

/** Runs inside the pinned Node; must not mention anything of this file. */
function ask(): void {
  /* eslint-disable -- runs as text in another process, where everything is untyped */
  const loaded: string[] = (process as any).moduleLoadList
    .filter((entry: string) => entry.startsWith('NativeModule '))
    .map((entry: string) => entry.slice('NativeModule '.length));
  const { internalBinding } = require('internal/test/binding');
  const builtins = internalBinding('builtins');
  const options = internalBinding('options');
  const info = options.getCLIOptionsInfo();
  const isData = (value: any): boolean =>
    ['number', 'string', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every(isData)) ||
    (value !== null &&
      typeof value === 'object' &&
      [null, Object.prototype].includes(Object.getPrototypeOf(value)) &&
      Object.values(value).every(isData));
  const ids = [
    'internal/per_context/primordials',
    'internal/per_context/domexception',
    'internal/per_context/messageport',
    'internal/bootstrap/realm',
    'internal/bootstrap/node',
    'internal/bootstrap/web/exposed-wildcard',
    'internal/bootstrap/web/exposed-window-or-worker',
    'internal/bootstrap/switches/is_main_thread',
    'internal/bootstrap/switches/does_own_process_state',
    'internal/main/eval_string',
  ];
  const meta = {
    version: process.version,
    versions: process.versions,
    release: process.release,
    config: builtins.config,
    constants: internalBinding('constants'),
    builtinIds: builtins.builtinIds,
    uvErrors: [...internalBinding('uv').getErrorMap()].map(([errno, [name, message]]: any) => [errno, name, message]),
    optionValues: {
      ...options.getCLIOptionsValues(),
      '--expose-internals': false,
      '--warnings': true,
      '--no-warnings': false,
      '--eval': '',
    },
    optionInfo: [...info.options],
    optionAliases: [...info.aliases],
    optionTypes: options.types,
    envSettings: options.envSettings,
    bootOrder: [...new Set([...ids, ...loaded])].filter((id) => builtins.natives[id] !== undefined && id !== 'internal/test/binding'),
  };
  const http2Binding = internalBinding('http2');
  const http2 = Object.fromEntries(
    Object.keys(http2Binding)
      .filter((key) => isData(http2Binding[key]))
      .map((key) => [key, http2Binding[key]]),
  );
  require('fs').writeSync(1, JSON.stringify({ natives: builtins.natives, meta, http2 }));
  /* eslint-enable */
}

function asked(binary: string): Asked {
  // Type stripping leaves the rest of the text as it stands, so the function can travel as text.
  const text = execFileSync(binary, ['--expose-internals', '--no-warnings', '-e', `(${ask.toString()})()`], {
    encoding: 'utf8',
    maxBuffer: 1 << 27,
    env: {},
  });
  return JSON.parse(text) as Asked;
}

/** The sources of the library of the Node at `binary`: the same on every system, for the lines of those in a Node for Windows end as there. */
export function dumpSources(binary: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asked(binary).natives).map(([id, text]) => [id, text.replaceAll('\r\n', '\n')]));
}

/** What the Node at `binary` answers on this system. */
export function dumpAnswers(binary: string): Answers {
  const { natives, meta, http2 } = asked(binary);
  const bootOrder = [...new Set([...meta.bootOrder, ...loadedByPlainPrograms(binary), 'tty', 'internal/tty'])].filter(
    (id) => id in natives,
  );
  const options = execFileSync(binary, ['--v8-options'], { encoding: 'utf8', maxBuffer: 1 << 24, env: {} });
  return { meta: { ...meta, bootOrder }, http2, engineOptions: options.slice(options.indexOf('\n') + 1) };
}

/** @throws {Error} if they were recorded from another release than `version` */
export function recordedAnswers(version: string): Answers {
  const answers = JSON.parse(readFileSync(answersFile, 'utf8')) as Answers;
  if (answers.meta.version !== `v${version}`)
    throw new Error(
      `Cannot take Node's library: its answers were recorded from ${answers.meta.version}, not ${version}. ` +
        'Run "node runtime/tools/record-node-answers.ts" on Linux (x64)',
    );
  return answers;
}

/** What Node itself loads to run programs that require nothing, their output going to a pipe. */
function loadedByPlainPrograms(binary: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'bavini-'));
  const report = `process.on('exit', () => process.getBuiltinModule('fs').writeSync(3, process.moduleLoadList.join()));console.log(1);`;
  const timers = `${report}setTimeout(console.log, 1); setImmediate(console.log, 2); process.nextTick(console.log, 3);`;
  try {
    writeFileSync(join(folder, 'a.cjs'), `${timers}require('./b.cjs')`);
    writeFileSync(join(folder, 'b.cjs'), '');
    writeFileSync(join(folder, 'a.mjs'), `${timers}await import('./b.cjs')`);
    const runs = [['-e', timers], ['-p', report], ['-e', `${report}null.x`], [join(folder, 'a.cjs')], [join(folder, 'a.mjs')]];
    return runs.flatMap((args) => {
      const { output, error } = spawnSync(binary, ['--no-deprecation', ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        env: {},
      });
      if (error !== undefined) throw error;
      const list = String(output[3]).split(',');
      if (list.length < 50) throw new Error(`Cannot see what Node loads for "${args.join(' ')}": ${String(output[2])}`);
      return list.filter((entry) => entry.startsWith('NativeModule ')).map((entry) => entry.slice('NativeModule '.length));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
