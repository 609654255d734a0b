/**
 * The evaluator. A subshell is a copy of the shell's state (`fork`) that runs as a coroutine of the same process; every
 * external command is a process, a member of its job's process group where there is job control.
 */
import { PosixError } from '../../base/errors.ts';
import type { Pid } from '../../base/ids.ts';
import { signalNumbers, type SignalName } from '../../base/signals.ts';
import type { ProgramContext } from '../../process/program.ts';
import { errorText } from '../../process/strerror.ts';
import { ProcessEnded } from '../../process/streams.ts';
import { decodeText, encodeText } from '../../process/text.ts';
import type { FdTransfer } from '../../wires/process-wire.ts';
import { ArithmeticError } from './expansion/arithmetic.ts';
import type {
  AndOr,
  Assignment,
  Command,
  CompoundBody,
  CompoundCommand,
  FunctionDefinition,
  List,
  Pipeline,
  Redirection,
  SimpleCommand,
  Word,
} from './syntax/ast.ts';
import { ShellSyntaxError } from './syntax/ast.ts';
import { builtins, specialBuiltins } from './builtins/builtins.ts';
import { evaluateConditional } from './execution/conditional.ts';
import { Expander, ExpansionError, type ExpansionHost } from './expansion/expand.ts';
import { FdTable, OpenFile } from './execution/fd-table.ts';
import { BreakLoop, ExitShell, Interrupted, ReturnFromFunction } from './execution/control-flow.ts';
import { Child, Job, JobTable } from './execution/jobs.ts';
import { optionLetters, type ShellOptions } from './options.ts';
import { Parser } from './syntax/parser.ts';
import { plainText } from './syntax/lexer.ts';
import { patternRegExp } from './expansion/pattern.ts';
import { decodePrompt } from './terminal/prompt.ts';
import { copyVariable, ReadonlyVariableError, Variables, type Variable } from './variables/variables.ts';

const O_RDONLY = 0,
  O_WRONLY = 1,
  O_RDWR = 2,
  O_CREAT = 0o100,
  O_EXCL = 0o200,
  O_TRUNC = 0o1000,
  O_APPEND = 0o2000;
/** A loop that never waits gives way after this long, in milliseconds. */
const turnMs = 8;
/** Calls nested deeper than this are refused, before the engine's stack ends. */
const maxNesting = 400;

export class Shell implements ExpansionHost {
  readonly context: ProgramContext;
  readonly expander: Expander;
  variables = new Variables();
  functions = new Map<string, FunctionDefinition>();
  aliases = new Map<string, string>();
  positional: string[] = [];
  name = 'sh';
  options: ShellOptions = {
    errexit: false,
    nounset: false,
    xtrace: false,
    noglob: false,
    pipefail: false,
    noexec: false,
    allexport: false,
    noclobber: false,
    verbose: false,
    monitor: false,
    hashall: true,
    braceexpand: true,
    notify: false,
    posix: false,
  };
  shopts = new Map<string, boolean>([
    ['extglob', false],
    ['nullglob', false],
    ['dotglob', false],
    ['globstar', false],
    ['failglob', false],
    ['nocaseglob', false],
    ['nocasematch', false],
    ['expand_aliases', false],
    ['lastpipe', false],
    ['sourcepath', true],
    ['cmdhist', true],
    ['checkwinsize', true],
    ['inherit_errexit', false],
    ['huponexit', false],
    ['xpg_echo', false],
    ['interactive_comments', true],
    ['progcomp', true],
    ['histappend', false],
    ['autocd', false],
    ['cdspell', false],
  ]);
  traps = new Map<string, string>();
  fds: FdTable;
  cwd: string;
  status = 0;
  lastBackground: Pid | undefined;
  jobs = new JobTable();
  job: Job | undefined;
  interactive = false;
  /** How error messages begin after the name: `line N: ` where a script runs. */
  commandString = false;
  line = 0;
  loopDepth = 0;
  functionDepth = 0;
  sourceDepth = 0;
  subshellDepth = 0;
  functionNames: string[] = [];
  hashed = new Map<string, { path: string; hits: number }>();
  history: string[] = [];
  getoptsAt = 0;
  pendingSignals: SignalName[] = [];
  /** Statuses of background jobs that were waited for, by pid. */
  readonly endedJobs = new Map<number, number>();
  interrupt = new AbortController();
  interrupted = false;
  readonly started = performance.now();
  /** The whole of what this shell was asked for, where that is one simple command. */
  lastCommand: SimpleCommand | undefined;
  /** Folders of process substitutions, removed after the command that names them. */
  readonly temporaries: string[] = [];
  #noErrexit = 0;
  #nesting = 0;
  #turnStarted = performance.now();
  #randomSeed = (Math.random() * 0x7fffffff) | 0;

  constructor(context: ProgramContext) {
    this.context = context;
    this.expander = new Expander(this);
    this.cwd = context.syscalls.files.cwd();
    const files = new Map<number, OpenFile>();
    for (const fd of context.syscalls.descriptors.list()) files.set(fd, new OpenFile(context.calls, fd));
    this.fds = new FdTable(files);
  }

  /** A copy that changes nothing of this shell; its descriptors are its own to close. */
  fork(): Shell {
    const copy = new Shell(this.context);
    copy.fds = this.fds.clone();
    copy.variables = this.variables.clone();
    copy.defineSpecials();
    copy.functions = new Map(this.functions);
    copy.aliases = new Map(this.aliases);
    copy.positional = [...this.positional];
    copy.name = this.name;
    copy.options = { ...this.options };
    copy.shopts = new Map(this.shopts);
    for (const [name, action] of this.traps) if (action === '') copy.traps.set(name, '');
    copy.cwd = this.cwd;
    copy.status = this.status;
    copy.lastBackground = this.lastBackground;
    copy.job = this.job;
    copy.commandString = this.commandString;
    copy.line = this.line;
    copy.loopDepth = this.loopDepth;
    copy.functionDepth = this.functionDepth;
    copy.subshellDepth = this.subshellDepth + 1;
    copy.functionNames = [...this.functionNames];
    copy.#noErrexit = this.#noErrexit;
    copy.#nesting = this.#nesting;
    copy.interrupt = this.interrupt;
    copy.shopts.set('expand_aliases', this.shopts.get('expand_aliases') ?? false);
    return copy;
  }

  /** Variables that are computed. */
  defineSpecials(): void {
    const { special } = this.variables;
    const start = performance.now();
    let base = 0;
    special.set('SECONDS', {
      get: () => String(base + Math.floor((performance.now() - (base === 0 ? this.started : start)) / 1000)),
      set: (value) => (base = Number(value) || 0),
    });
    special.set('RANDOM', {
      get: () => {
        this.#randomSeed = (Math.imul(this.#randomSeed, 1103515245) + 12345) & 0x7fffffff;
        return String((this.#randomSeed >> 8) & 32767);
      },
      set: (value) => (this.#randomSeed = Number(value) | 0),
    });
    special.set('LINENO', { get: () => String(this.line) });
    special.set('EPOCHSECONDS', { get: () => String(Math.floor(Date.now() / 1000)) });
    special.set('EPOCHREALTIME', { get: () => (Date.now() / 1000).toFixed(6) });
    special.set('BASHPID', { get: () => String(this.context.syscalls.start.pid) });
    special.set('BASH_SUBSHELL', { get: () => String(this.subshellDepth) });
    special.set('FUNCNAME', { get: () => this.functionNames.at(-1) ?? '' });
    special.set('SHELLOPTS', {
      get: () =>
        (Object.keys(this.options) as (keyof ShellOptions)[])
          .filter((name) => this.options[name])
          .sort()
          .join(':'),
    });
  }

  // What expansion asks.

  get nounset(): boolean {
    return this.options.nounset;
  }
  get noglob(): boolean {
    return this.options.noglob;
  }
  get globOptions() {
    const { shopts } = this;
    return {
      dotglob: shopts.get('dotglob') ?? false,
      globstar: shopts.get('globstar') ?? false,
      nocase: shopts.get('nocaseglob') ?? false,
      extglob: shopts.get('extglob') ?? false,
      nullglob: shopts.get('nullglob') ?? false,
      failglob: shopts.get('failglob') ?? false,
    };
  }
  readonly directories = {
    list: (path: string): readonly string[] | undefined => {
      try {
        return this.files.readdir(this.absolute(path)).map((entry) => entry.name);
      } catch {
        return undefined; // Not readable, not a directory: nothing matches in it.
      }
    },
    exists: (path: string): boolean => this.stat(path, true) !== undefined,
    isDirectory: (path: string): boolean => ((this.stat(path)?.mode ?? 0) & 0o170000) === 0o040000,
  };

  special(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status);
      case '$':
        return String(this.context.syscalls.start.pid);
      case '!':
        return this.lastBackground === undefined ? undefined : String(this.lastBackground);
      case '#':
        return String(this.positional.length);
      case '0':
        return this.name;
      case '-':
        return `${Object.entries(optionLetters)
          .filter(([, option]) => this.options[option])
          .map(([letter]) => letter)
          .join('')}${this.interactive ? 'i' : ''}${this.commandString ? 'c' : ''}`;
      case '*':
      case '@':
        return this.positional.join(' ');
      default:
        return undefined;
    }
  }

  homeOf(user: string): string | undefined {
    if (user === '') return this.variables.get('HOME') ?? '/root';
    if (user === '+') return this.cwd;
    if (user === '-') return this.variables.get('OLDPWD');
    return user === 'root' ? '/root' : undefined;
  }

  prompt(text: string): Promise<string> {
    return decodePrompt(this, text);
  }

  async substitute(body: List): Promise<string> {
    const sub = this.fork();
    const sink = new OpenFile(this.context.calls, undefined);
    sub.fds.put(1, sink.share());
    if (!this.shopts.get('inherit_errexit')) sub.options.errexit = this.options.errexit && this.options.posix;
    const only = onlyCommand(body);
    if (
      only !== undefined &&
      only.words.length === 0 &&
      only.assignments.length === 0 &&
      only.redirections.length === 1 &&
      only.redirections[0]?.operator === '<'
    ) {
      sub.fds.closeAll();
      sink.release();
      try {
        const bytes = this.files.readFile(this.absolute(await this.expander.text(only.redirections[0].target)));
        this.status = 0;
        return decodeText(bytes).replaceAll('\0', '').replace(/\n+$/, '');
      } catch (error) {
        await this.complain(`${await this.expander.text(only.redirections[0].target)}: ${errorText(error)}`);
        this.status = 1;
        return '';
      }
    }
    this.status = await sub.runToEnd(() => sub.list(body));
    sink.release();
    const text = decodeText(await sink.collect());
    return text.replaceAll('\0', '').replace(/\n+$/, '');
  }

  /** Not a stream: `<(list)` runs to its end first, into a file that is removed after the command that names it. */
  async processSubstitution(direction: 'in' | 'out', body: List): Promise<string> {
    if (direction === 'out') throw new ExpansionError('>(): process substitution for writing is not supported', false);
    const folder = this.files.mkdtemp('/tmp/.sh-');
    this.temporaries.push(folder);
    const path = `${folder}/out`;
    const sub = this.fork();
    const fd = this.files.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600);
    sub.fds.put(1, new OpenFile(this.context.calls, fd));
    await sub.runToEnd(() => sub.list(body));
    return path;
  }

  // Files.

  get files() {
    return this.context.syscalls.files;
  }

  absolute(path: string): string {
    return path.startsWith('/') ? path : `${this.cwd === '/' ? '' : this.cwd}/${path}`;
  }

  stat(path: string, link = false) {
    if (path === '') return undefined;
    try {
      return link ? this.files.lstat(this.absolute(path)) : this.files.stat(this.absolute(path));
    } catch {
      return undefined; // Missing or unreachable: the same to a test.
    }
  }

  async write(number: number, text: string | Uint8Array): Promise<void> {
    const file = this.fds.need(number);
    await file.write(typeof text === 'string' ? encodeText(text) : text);
  }

  /** To standard error, as bash words it. */
  async complain(message: string, line = true): Promise<void> {
    const where = line && !this.interactive ? `line ${this.line}: ` : '';
    try {
      await this.write(2, `${this.name}: ${where}${message}\n`);
    } catch (error) {
      if (error instanceof ProcessEnded) throw error;
      // Nowhere to complain to.
    }
  }

  // Running.

  /** Runs a subshell's body; gives its status and closes its descriptors. */
  async runToEnd(body: () => Promise<number>): Promise<number> {
    try {
      let status: number;
      try {
        status = await body();
      } catch (error) {
        status = this.#endStatus(error);
      }
      this.status = status;
      const trap = this.traps.get('EXIT');
      if (trap) {
        this.traps.delete('EXIT');
        try {
          await this.evaluate(trap);
        } catch (error) {
          return this.#endStatus(error);
        }
        return status;
      }
      return status;
    } finally {
      this.fds.closeAll();
    }
  }

  #endStatus(error: unknown): number {
    if (error instanceof ExitShell || error instanceof ReturnFromFunction) return error.status;
    if (error instanceof BreakLoop) return 0;
    if (error instanceof PosixError && error.code === 'EPIPE') return 141;
    throw error;
  }

  /** Runs the text of a program in this shell. Syntax errors are told and give status 2. `whole`: it is all that the shell was asked for. */
  async evaluate(
    text: string,
    options: { readonly what?: string; readonly line?: number; readonly whole?: boolean } = {},
  ): Promise<number> {
    const parser = new Parser(text, {
      line: options.line ?? (options.what === undefined ? this.line || 1 : 1),
      aliases: this.shopts.get('expand_aliases') ? this.aliases : new Map(),
      extglob: true,
    });
    let status = 0;
    for (;;) {
      let list: List | null;
      try {
        list = parser.next();
      } catch (error) {
        if (!(error instanceof ShellSyntaxError)) throw error;
        await this.syntaxError(error, parser, options.what);
        this.status = 2;
        return 2;
      }
      if (list === null) return status;
      if (this.options.noexec) continue;
      if (options.whole === true && status === 0 && parser.rest.trim() === '') this.lastCommand = onlyCommand(list);
      status = await this.list(list);
    }
  }

  async syntaxError(error: ShellSyntaxError, parser: Parser, what?: string): Promise<void> {
    const prefix = `${this.name}: ${what === undefined ? '' : `${what}: `}${this.interactive ? '' : `line ${error.line}: `}`;
    const quote = error.message.includes('near unexpected token') ? `${prefix}\`${parser.lineText(error.line)}'\n` : '';
    await this.write(2, `${prefix}${error.message}\n${quote}`);
  }

  async list(list: List): Promise<number> {
    let status = 0;
    for (const item of list.items) {
      if (this.options.noexec && !this.interactive) continue;
      if (item.background) status = await this.#background(item);
      else status = await this.#andOr(item);
    }
    return status;
  }

  async #andOr(item: AndOr): Promise<number> {
    const { rest } = item;
    if (rest.length === 0) return this.#pipeline(item.first, false);
    let status = await this.#pipeline(item.first, true);
    for (let i = 0; i < rest.length; i++) {
      const { operator, pipeline } = rest[i] as AndOr['rest'][number];
      if ((operator === '&&') !== (status === 0)) continue;
      status = await this.#pipeline(pipeline, i < rest.length - 1);
    }
    return status;
  }

  /** `tested`: its failure decides something and does not end a shell with `set -e`. */
  async #pipeline(pipeline: Pipeline, tested: boolean): Promise<number> {
    const began = performance.now();
    const shielded = tested || pipeline.negated;
    if (shielded) this.#noErrexit++;
    let status = 0;
    try {
      const [only] = pipeline.commands;
      if (only === undefined) status = 0;
      else if (pipeline.commands.length === 1) {
        status = await this.#command(only, pipeline.source);
        this.#setPipeStatus([status], only.kind === 'simple');
      } else status = await this.#pipe(pipeline);
    } finally {
      if (shielded) this.#noErrexit--;
    }
    if (pipeline.timed !== false) await this.#tellTime(performance.now() - began, pipeline.timed);
    if (pipeline.negated) status = status === 0 ? 1 : 0;
    this.status = status;
    if (status !== 0 && !shielded && this.#noErrexit === 0) await this.#failed(status, pipeline);
    if (this.pendingSignals.length > 0) await this.runTraps();
    if (this.interrupted && this.interactive) {
      this.interrupted = false;
      throw new Interrupted();
    }
    return status;
  }

  async #failed(status: number, pipeline: Pipeline): Promise<void> {
    const [only] = pipeline.commands;
    // A compound's failure was dealt with inside, save a subshell's.
    if (
      pipeline.commands.length === 1 &&
      only?.kind === 'compound' &&
      !['subshell', 'conditional', 'arithmeticCommand'].includes(only.body.kind)
    )
      return;
    const trap = this.traps.get('ERR');
    if (trap && this.functionDepth === 0) {
      await this.#runTrap('ERR', trap);
      this.status = status;
    }
    if (this.options.errexit) throw new ExitShell(status);
  }

  async #tellTime(ms: number, style: 'bash' | 'posix'): Promise<void> {
    const seconds = ms / 1000;
    const text =
      style === 'posix'
        ? `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
        : `\nreal\t${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s\nuser\t0m0.000s\nsys\t0m0.000s\n`;
    await this.write(2, text);
  }

  #setPipeStatus(list: readonly number[], simple: boolean): void {
    if (!simple && list.length === 1) return;
    this.variables.replace('PIPESTATUS', { array: new Map(list.map((status, i) => [i, String(status)])) });
  }

  async #pipe(pipeline: Pipeline): Promise<number> {
    const { calls } = this.context;
    const { descriptors } = this.context.syscalls;
    const count = pipeline.commands.length;
    const own = this.job === undefined && this.options.monitor;
    const job = this.job ?? new Job(pipeline.source, false);
    const pipes = await Promise.all(
      Array.from({ length: count - 1 }, async () => {
        const { read, write } = await calls.call('pipe', {});
        return {
          read: new OpenFile(calls, descriptors.adopt('pipe-read', read)),
          write: new OpenFile(calls, descriptors.adopt('pipe-write', write)),
        };
      }),
    );
    const statuses: number[] = new Array<number>(count).fill(0);
    const members = pipeline.commands.map((command, i) => {
      const sub = this.fork();
      sub.job = own ? job : this.job;
      const input = pipes[i - 1]?.read;
      const output = pipes[i]?.write;
      if (input !== undefined) sub.fds.put(0, input);
      if (output !== undefined) sub.fds.put(1, output);
      return sub
        .runToEnd(() => sub.#command(command, pipeline.source))
        .then((status) => {
          statuses[i] = status;
        });
    });
    const all = Promise.all(members).then(() => {
      const failed = this.options.pipefail ? statuses.findLast((status) => status !== 0) : undefined;
      return failed ?? (statuses.at(-1) as number);
    });
    const status = own ? await this.foreground(job, all) : await all;
    this.#setPipeStatus(statuses, true);
    return status;
  }

  /** Waits for a job as the one that owns the terminal; it may stop instead of end. */
  async foreground(job: Job, result?: Promise<number>): Promise<number> {
    if (result !== undefined) job.run(result);
    job.background = false;
    await job.settled();
    await this.takeTerminal();
    if (!job.finished) {
      this.jobs.add(job);
      await this.write(2, `\n${job.describe(this.jobs.marker(job))}\n`);
      return 128 + signalNumbers.SIGTSTP;
    }
    this.jobs.remove(job);
    const status = await job.result;
    const interrupted = job.children.find((child) => child.signal === 'SIGINT');
    if (interrupted !== undefined && this.interactive) {
      await this.write(2, '\n');
      this.status = 130;
      throw new Interrupted();
    }
    const killed = job.children.at(-1)?.signal;
    if (killed !== undefined && killed !== null && killed !== 'SIGINT' && killed !== 'SIGPIPE')
      await this.write(2, `${signalText(killed)}\n`);
    return status;
  }

  /** The shell's own group owns the terminal again. */
  async takeTerminal(): Promise<void> {
    const handle = this.#terminal();
    if (handle === undefined || !this.interactive) return;
    const { pgid } = this.context.syscalls.start;
    await this.context.calls.call('setForeground', { handle, pgid });
  }

  #terminal(): number | undefined {
    for (const fd of [0, 2, 1]) {
      const info = this.context.syscalls.descriptors.info(fd);
      if (info?.kind === 'stream' && info.stream === 'tty') return info.handle;
    }
    return undefined;
  }

  async giveTerminal(job: Job): Promise<void> {
    const handle = this.#terminal();
    if (handle !== undefined && job.pgid !== undefined) await this.context.calls.call('setForeground', { handle, pgid: job.pgid });
  }

  async #background(item: AndOr): Promise<number> {
    const job = new Job(item.source, true);
    const sub = this.fork();
    sub.job = job;
    sub.options.errexit = false;
    if (!this.options.monitor) {
      try {
        sub.fds.put(0, new OpenFile(this.context.calls, this.files.open('/dev/null', O_RDONLY, 0)));
      } catch {
        sub.fds.close(0); // No /dev/null: no input at all.
      }
    }
    const commands = item.first.commands;
    const external =
      item.rest.length === 0 &&
      commands.every((command) => {
        if (command.kind !== 'simple') return false;
        const first = command.words[0] === undefined ? undefined : plainText(command.words[0]);
        return first !== undefined && !builtins.has(first) && !this.functions.has(first);
      });
    if (external) job.run(sub.runToEnd(() => sub.#andOr(item)));
    else {
      const child = await sub.#spawnSubshell(item, job);
      sub.fds.closeAll();
      job.run(child.done);
    }
    await job.firstChild;
    this.lastBackground = job.pid;
    this.jobs.add(job);
    if (this.interactive) await this.write(2, `[${job.id}] ${job.pid ?? ''}\n`);
    this.status = 0;
    return 0;
  }

  /** A subshell with a process of its own: the state waits in this worker for the process to fetch it. */
  async #spawnSubshell(item: AndOr, job: Job): Promise<Child> {
    const token = crypto.randomUUID();
    waitingSubshells.set(token, { state: this, item });
    try {
      return await this.spawn(this.context.syscalls.start.file, [this.name, '--subshell', token], job);
    } catch (error) {
      waitingSubshells.delete(token);
      throw error;
    }
  }

  /** Becomes what a parent left for it; undefined if there is nothing under `token`. */
  static adopt(context: ProgramContext, token: string): { shell: Shell; run: () => Promise<number> } | undefined {
    const waiting = waitingSubshells.get(token);
    if (waiting === undefined) return undefined;
    waitingSubshells.delete(token);
    const shell = new Shell(context);
    const { fds, cwd, interrupt } = shell;
    const from = waiting.state;
    Object.assign(shell, {
      variables: from.variables,
      functions: from.functions,
      aliases: from.aliases,
      positional: from.positional,
      name: from.name,
      options: { ...from.options, monitor: false },
      shopts: from.shopts,
      traps: from.traps,
      status: from.status,
      commandString: from.commandString,
      line: from.line,
      subshellDepth: from.subshellDepth,
      lastBackground: from.lastBackground,
      functionDepth: from.functionDepth,
      loopDepth: from.loopDepth,
      functionNames: from.functionNames,
    });
    Object.assign(shell, { fds, cwd, interrupt });
    shell.defineSpecials();
    return { shell, run: () => shell.runToEnd(() => shell.#andOr(waiting.item)) };
  }

  /** Starts a process with this table of descriptors. @throws {PosixError} */
  async spawn(
    file: string,
    argv: readonly string[],
    job: Job | undefined,
    environment?: readonly (readonly [string, string])[],
  ): Promise<Child> {
    const { calls, syscalls } = this.context;
    const fds: FdTransfer[] = [];
    for (const [number, open] of this.fds.entries()) fds.push(await this.#passed(number, open));
    const monitor = this.options.monitor;
    while (job?.starting !== undefined) await job.starting;
    let release: () => void = () => undefined;
    if (monitor && job !== undefined && job.pgid === undefined) {
      job.starting = new Promise((resolve) => {
        release = () => {
          job.starting = undefined;
          resolve();
        };
      });
    }
    try {
      const handle = monitor && job !== undefined && !job.background ? this.#terminal() : undefined;
      const args = {
        file,
        argv,
        env: environment ?? this.variables.environment(),
        cwd: this.cwd,
        umask: this.files.umask(),
        fds,
        ...(handle === undefined ? {} : { foregroundOf: handle }),
        ignoredSignals: this.#ignoredSignals(),
      };
      const group = monitor && job !== undefined ? { pgid: job.pgid ?? 0 } : {};
      let pid: Pid;
      try {
        ({ pid } = await calls.call('spawn', { ...args, ...group }));
      } catch (error) {
        // The group's last member may have ended meanwhile: a new one then.
        if (
          !(error instanceof PosixError) ||
          (error.code !== 'ESRCH' && error.code !== 'EPERM') ||
          group.pgid === undefined ||
          group.pgid === 0
        )
          throw error;
        ({ pid } = await calls.call('spawn', { ...args, pgid: 0 }));
        if (job !== undefined) job.pgid = pid;
      }
      if (job !== undefined) job.pgid ??= monitor ? pid : syscalls.start.pgid;
      const child = new Child(calls, pid, monitor);
      job?.add(child);
      return child;
    } finally {
      release();
    }
  }

  /** A descriptor for another program, which finds in it all that this shell has not used. */
  async #passed(number: number, open: OpenFile): Promise<FdTransfer> {
    open.giveBack();
    return this.context.syscalls.descriptors.transfer(open.fd ?? (await open.real()), number);
  }

  /** Whether nothing of this process would be lost if it became another program. */
  get mayBecomeProgram(): boolean {
    return this.subshellDepth === 0 && this.jobs.list.every((job) => job.finished) && this.temporaries.length === 0;
  }

  /** `execve(2)`: does not return if it works. @throws {PosixError} */
  async becomeProgram(file: string, argv: readonly string[]): Promise<never> {
    const { calls } = this.context;
    const fds: FdTransfer[] = [];
    for (const [number, open] of this.fds.entries()) fds.push(await this.#passed(number, open));
    const args = {
      argv,
      env: this.variables.environment(),
      cwd: this.cwd,
      umask: this.files.umask(),
      fds,
      ignoredSignals: this.#ignoredSignals(),
    };
    try {
      await calls.call('exec', { ...args, file });
    } catch (error) {
      // A text without a `#!` line is a script of this shell.
      if (!(error instanceof PosixError) || error.code !== 'ENOEXEC' || this.files.readFile(file).subarray(0, 512).includes(0)) throw error;
      await calls.call('exec', { ...args, file: this.context.syscalls.start.file, argv: [this.name, file, ...argv.slice(1)] });
    }
    throw new ProcessEnded(null);
  }

  #ignoredSignals(): SignalName[] {
    return [...this.traps].filter(([name, action]) => action === '' && name in signalNumbers).map(([name]) => name as SignalName);
  }

  async #command(command: Command, source: string): Promise<number> {
    if (performance.now() - this.#turnStarted > turnMs) {
      await this.context.calls.yield();
      this.#turnStarted = performance.now();
      if (this.interrupted && this.interactive) {
        this.interrupted = false;
        throw new Interrupted();
      }
    }
    this.context.calls.check();
    if (++this.#nesting > maxNesting) {
      this.#nesting = 0;
      await this.complain(`maximum nesting level exceeded (${maxNesting})`);
      throw new ExitShell(1);
    }
    this.line = command.line;
    const temporaries = this.temporaries.length;
    try {
      if (command.kind === 'simple') return await this.#simple(command, source);
      if (command.kind === 'compound') return await this.#compound(command);
      this.functions.set(command.name, command);
      return 0;
    } catch (error) {
      return await this.#recover(error, command);
    } finally {
      if (this.#nesting > 0) this.#nesting--;
      if (this.temporaries.length > temporaries && !this.context.signal.aborted) this.#removeTemporaries(temporaries);
    }
  }

  #removeTemporaries(from: number): void {
    for (const folder of this.temporaries.splice(from)) {
      try {
        this.files.unlink(`${folder}/out`);
        this.files.rmdir(folder);
      } catch (error) {
        if (!(error instanceof PosixError)) throw error; // The command itself removed or moved it.
      }
    }
  }

  /** Failures of expansion and redirection, told as bash tells them. */
  async #recover(error: unknown, command: Command): Promise<number> {
    if (error instanceof ArithmeticError) {
      await this.complain(error.message);
      // In a word it discards the whole line; as a command of its own it only fails.
      if (command.kind === 'simple' && command.words[0]?.source !== 'let' && !this.interactive) throw new ExitShell(1);
      return 1;
    }
    if (error instanceof ExpansionError) {
      await this.complain(error.message);
      // bash ends a shell given by -c with 127 for an unset parameter, else with 1.
      if (error.fatal && !this.interactive)
        throw new ExitShell(this.commandString && this.subshellDepth === 0 && !error.message.endsWith('bad substitution') ? 127 : 1);
      if (error.fatal) throw new Interrupted();
      return 1;
    }
    if (error instanceof ReadonlyVariableError) {
      await this.complain(error.message);
      if (command.kind === 'simple' && command.words.length === 0 && !this.interactive) throw new ExitShell(1);
      return 1;
    }
    if (error instanceof RedirectionFailure) {
      await this.complain(error.message);
      return 1;
    }
    throw error;
  }

  async #compound(command: CompoundCommand): Promise<number> {
    if (command.redirections.length === 0) return this.#body(command.body);
    const saved = this.fds;
    this.fds = saved.clone();
    const inside = this.fds;
    try {
      await this.redirect(command.redirections);
      return await this.#body(command.body);
    } finally {
      inside.closeAll();
      this.fds = saved;
    }
  }

  async #condition(list: List): Promise<number> {
    this.#noErrexit++;
    try {
      return await this.list(list);
    } finally {
      this.#noErrexit--;
    }
  }

  async #body(body: CompoundBody): Promise<number> {
    switch (body.kind) {
      case 'group':
        return this.list(body.body);
      case 'subshell': {
        const sub = this.fork();
        const own = this.options.monitor && this.job === undefined;
        if (!own) return sub.runToEnd(() => sub.list(body.body));
        const job = new Job('( … )', false);
        sub.job = job;
        return this.foreground(
          job,
          sub.runToEnd(() => sub.list(body.body)),
        );
      }
      case 'if':
        for (const branch of body.branches) if ((await this.#condition(branch.condition)) === 0) return this.list(branch.body);
        this.status = 0;
        return body.otherwise === null ? 0 : this.list(body.otherwise);
      case 'while': {
        let status = 0;
        await this.#loop(async () => {
          if (((await this.#condition(body.condition)) === 0) === body.until) return false;
          status = await this.list(body.body);
          return true;
        });
        return status;
      }
      case 'for': {
        const values = body.words === null ? [...this.positional] : await this.expander.words(body.words);
        if (body.select) return this.#select(body.name, values, body.body);
        let status = 0;
        let i = 0;
        await this.#loop(async () => {
          if (i >= values.length) return false;
          if (this.options.xtrace) await this.#trace(`for ${body.name} in ${(body.words ?? []).map((word) => word.source).join(' ')}`);
          this.assignScalar(body.name, values[i++] as string);
          status = await this.list(body.body);
          return true;
        });
        return status;
      }
      case 'arithmeticFor': {
        let status = 0;
        const value = async (word: Word, empty: bigint) => (word.source.trim() === '' ? empty : this.expander.arithmetic(word));
        await value(body.initial, 0n);
        let first = true;
        await this.#loop(async () => {
          if (!first) await value(body.step, 0n);
          first = false;
          if ((await value(body.condition, 1n)) === 0n) return false;
          status = await this.list(body.body);
          return true;
        });
        return status;
      }
      case 'case': {
        const subject = await this.expander.text(body.subject);
        let fall = false;
        let status = 0;
        for (const item of body.items) {
          let matches = fall;
          for (const pattern of matches ? [] : item.patterns) {
            if (
              patternRegExp(await this.expander.pattern(pattern), { ignoreCase: this.shopts.get('nocasematch') ?? false }).test(subject)
            ) {
              matches = true;
              break;
            }
          }
          if (!matches) continue;
          status = await this.list(item.body);
          if (item.end === ';;') return status;
          fall = item.end === ';&';
        }
        return status;
      }
      case 'conditional':
        return (await evaluateConditional(this, body.expression)) ? 0 : 1;
      case 'arithmeticCommand':
        return (await this.expander.arithmetic(body.expression)) === 0n ? 1 : 0;
    }
  }

  async #select(name: string, values: readonly string[], body: List): Promise<number> {
    let status = 0;
    await this.#loop(async () => {
      await this.write(2, values.map((value, i) => `${i + 1}) ${value}\n`).join(''));
      await this.write(2, this.variables.get('PS3') ?? '#? ');
      const read = builtins.get('read');
      if (read === undefined || (await read(this, ['read', '-r', 'REPLY'])) !== 0) return false;
      this.variables.set(name, values[Number(this.variables.get('REPLY')) - 1] ?? '');
      status = await this.list(body);
      return true;
    });
    return status;
  }

  /** Until `step` says no; `break` and `continue` count loops from the inside. */
  async #loop(step: () => Promise<boolean>): Promise<void> {
    this.loopDepth++;
    try {
      for (;;) {
        try {
          if (!(await step())) return;
        } catch (error) {
          if (!(error instanceof BreakLoop)) throw error;
          this.status = 0;
          if (error.levels > 1 && this.loopDepth > 1) {
            error.levels--;
            throw error;
          }
          if (error.kind === 'break') return;
        }
        if (performance.now() - this.#turnStarted > turnMs) {
          await this.context.calls.yield();
          this.#turnStarted = performance.now();
        }
      }
    } finally {
      this.loopDepth--;
    }
  }

  async #simple(command: SimpleCommand, source: string): Promise<number> {
    const substitutionStatus = this.status;
    let argv: string[];
    const arrays: (Assignment | undefined)[] = [];
    if (command.arrays === undefined) {
      this.status = 0;
      const first = command.words[0]?.source;
      argv =
        first === 'export' || first === 'local' || first === 'declare' || first === 'readonly' || first === 'typeset' || first === 'alias'
          ? await this.#declarationWords(command.words)
          : await this.#words(command.words, substitutionStatus);
    } else {
      argv = [];
      for (let i = 0; i < command.words.length; i++) {
        const array = command.arrays.get(i);
        if (array !== undefined) arrays[argv.length] = array;
        argv.push(...(await this.#declarationWords([command.words[i] as Word], array !== undefined ? array.name : undefined)));
      }
    }
    if (argv.length === 0) {
      if (command.redirections.length > 0) {
        const table = this.fds.clone();
        const saved = this.fds;
        this.fds = table;
        try {
          await this.redirect(command.redirections);
        } finally {
          table.closeAll();
          this.fds = saved;
        }
      }
      if (
        command.words.length === 0 &&
        command.assignments.every((assignment) => assignment.value === null || !hasSubstitution(assignment.value))
      )
        this.status = 0;
      const traces: string[] = [];
      for (const assignment of command.assignments) traces.push(await this.assign(assignment));
      if (this.options.xtrace && traces.length > 0) for (const trace of traces) await this.#trace(trace);
      return command.redirections.length > 0 && command.assignments.length === 0 && command.words.length === 0 ? 0 : this.status;
    }
    const name = argv[0] as string;
    const last = this.lastCommand === command;
    if (this.options.xtrace) {
      const parts = [...argv.map(traceWord)];
      await this.#trace(parts.join(' '));
    }
    this.variables.replace('_', { ...(this.variables.own('_') ?? {}), value: argv.at(-1) ?? '' });
    if (name.includes('/')) return this.#external(command, argv, source, last);
    const func = this.functions.get(name);
    const builtin = builtins.get(name);
    if (func === undefined && builtin === undefined) return this.#external(command, argv, source, last);
    if (name === 'exec' && func === undefined) return this.#exec(command, argv);
    const special = specialBuiltins.has(name) && func === undefined;
    // Assignments in front hold for the command only.
    const hidden: [string, Variable | undefined][] = [];
    const saved = this.fds;
    let inside: FdTable | undefined;
    try {
      if (command.redirections.length > 0) {
        inside = saved.clone();
        this.fds = inside;
        await this.redirect(command.redirections);
      }
      for (const assignment of command.assignments) {
        if (!(special && this.options.posix)) {
          const own = this.variables.own(assignment.name);
          hidden.push([assignment.name, own === undefined ? undefined : copyVariable(own)]);
        }
        await this.assign(assignment);
        this.variables.declare(assignment.name).exported = true;
      }
      if (func !== undefined) return await this.callFunction(func, argv);
      return await (builtin as NonNullable<typeof builtin>)(this, argv, arrays);
    } catch (error) {
      if (error instanceof PosixError) {
        if (error.code === 'EPIPE') {
          if (this.subshellDepth > 0 || !this.interactive) throw error;
          return 141;
        }
        await this.complain(error.code === 'EBADF' ? `${name}: write error: ${errorText(error)}` : `${name}: ${errorText(error)}`);
        return 1;
      }
      throw error;
    } finally {
      for (const [variable, old] of hidden.reverse()) this.variables.replace(variable, old);
      if (inside !== undefined && this.fds === inside) {
        inside.closeAll();
        this.fds = saved;
      }
    }
  }

  /** `$?` keeps its value while the words are expanded, unless a substitution sets it. */
  async #words(words: readonly Word[], status: number): Promise<string[]> {
    this.status = status;
    const argv = await this.expander.words(words);
    if (argv.length > 0) return argv;
    if (!words.some(hasSubstitution)) this.status = 0;
    return argv;
  }

  /** Words of `export a=~/x $y`: what looks like an assignment is neither split nor globbed. */
  async #declarationWords(words: readonly Word[], only?: string): Promise<string[]> {
    if (only !== undefined) return [only];
    const argv: string[] = [];
    for (const word of words) {
      const first = word.parts[0];
      const match = first?.kind === 'text' ? /^[A-Za-z_][A-Za-z0-9_]*(\[[^\]]*\])?\+?=/.exec(first.text) : null;
      if (match === null || first?.kind !== 'text') argv.push(...(await this.expander.words([word])));
      else {
        const rest = first.text.slice(match[0].length);
        argv.push(
          match[0] +
            (await this.expander.text(
              { parts: [...(rest === '' ? [] : [{ kind: 'text' as const, text: rest }]), ...word.parts.slice(1)], source: '' },
              { assignment: true },
            )),
        );
      }
    }
    return argv;
  }

  async #trace(text: string): Promise<void> {
    const prefix = await this.expander.text({ parts: [{ kind: 'quoted', text: this.variables.get('PS4') ?? '+ ' }], source: '' });
    // Inside substitutions the first character is doubled once per level.
    await this.write(2, `${prefix}${text}\n`);
  }

  async callFunction(func: FunctionDefinition, argv: readonly string[]): Promise<number> {
    const { positional, loopDepth } = this;
    this.positional = argv.slice(1);
    this.loopDepth = 0;
    this.functionDepth++;
    this.functionNames.push(func.name);
    this.variables.enterFunction();
    try {
      return await this.#command(func.body, func.name);
    } catch (error) {
      if (error instanceof ReturnFromFunction) return error.status;
      throw error;
    } finally {
      this.variables.leaveFunction();
      this.functionNames.pop();
      this.functionDepth--;
      this.loopDepth = loopDepth;
      this.positional = positional;
    }
  }

  async #exec(command: SimpleCommand, argv: string[]): Promise<number> {
    const saved = this.fds;
    const table = saved.clone();
    this.fds = table;
    try {
      await this.redirect(command.redirections);
    } catch (error) {
      this.fds = saved;
      table.closeAll();
      throw error;
    }
    saved.closeAll();
    let rest = argv.slice(1);
    let zero: string | undefined;
    while (rest[0]?.startsWith('-') && rest[0] !== '-') {
      const option = rest[0];
      if (option === '--') {
        rest = rest.slice(1);
        break;
      }
      if (option === '-a') {
        zero = rest[1];
        rest = rest.slice(2);
        continue;
      }
      rest = rest.slice(1);
    }
    if (rest.length === 0) return 0;
    for (const assignment of command.assignments) {
      await this.assign(assignment);
      this.variables.declare(assignment.name).exported = true;
    }
    const found = await this.findCommand(rest[0] as string);
    if (typeof found === 'number') throw new ExitShell(found);
    if (this.subshellDepth === 0 && this.jobs.list.every((job) => job.finished)) {
      try {
        await this.becomeProgram(found, [zero ?? (rest[0] as string), ...rest.slice(1)]);
      } catch (error) {
        if (!(error instanceof PosixError)) throw error;
        await this.complain(`${rest[0]}: ${errorText(error)}`);
        throw new ExitShell(error.code === 'ENOENT' ? 127 : 126);
      }
    }
    // A subshell is no process of its own: it waits, and its status becomes that of the program.
    const child = await this.spawn(found, [zero ?? (rest[0] as string), ...rest.slice(1)], this.job);
    throw new ExitShell(await child.done);
  }

  /** `last`: the shell has nothing to do after it, so it becomes the program. */
  async #external(command: SimpleCommand, argv: string[], source: string, last: boolean): Promise<number> {
    const saved = this.fds;
    const table = command.redirections.length > 0 ? saved.clone() : saved;
    this.fds = table;
    const hidden: [string, Variable | undefined][] = [];
    try {
      await this.redirect(command.redirections);
      for (const assignment of command.assignments) {
        const own = this.variables.own(assignment.name);
        hidden.push([assignment.name, own === undefined ? undefined : copyVariable(own)]);
        await this.assign(assignment);
        this.variables.declare(assignment.name).exported = true;
      }
      const file = await this.findCommand(argv[0] as string);
      if (typeof file === 'number') return file;
      const own = this.job === undefined && this.options.monitor;
      const job = own ? new Job(source, false) : this.job;
      if (last && !own && this.traps.size === 0 && this.mayBecomeProgram) {
        const failed = await this.#started(file, argv, () => this.becomeProgram(file, argv));
        if (typeof failed === 'number') return failed;
      }
      const child = await this.#start(file, argv, job);
      if (typeof child === 'number') return child;
      if (own && job !== undefined) {
        if (table !== saved) table.closeAll();
        return await this.foreground(job, child.done);
      }
      const status = await child.done;
      if (
        child.signal !== null &&
        child.signal !== 'SIGPIPE' &&
        child.signal !== 'SIGINT' &&
        this.subshellDepth === 0 &&
        !this.interactive
      ) {
        await this.complain(`${String(child.pid).padStart(5)} ${signalText(child.signal).padEnd(23)} ${source}`);
      }
      return status;
    } finally {
      for (const [name, old] of hidden.reverse()) this.variables.replace(name, old);
      if (table !== saved) table.closeAll();
      this.fds = saved;
    }
  }

  #start(file: string, argv: readonly string[], job: Job | undefined): Promise<Child | number> {
    return this.#started(file, argv, async () => {
      try {
        return await this.spawn(file, argv, job);
      } catch (error) {
        if (!(error instanceof PosixError) || error.code !== 'ENOEXEC' || this.files.readFile(file).subarray(0, 512).includes(0))
          throw error;
        return this.spawn(this.context.syscalls.start.file, [this.name, file, ...argv.slice(1)], job);
      }
    });
  }

  /** Tells why a program did not start, in bash's words. */
  async #started<T>(file: string, argv: readonly string[], start: () => Promise<T>): Promise<T | number> {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      if (error.code === 'ENOEXEC') {
        await this.complain(`${argv[0] ?? ''}: cannot execute binary file: Exec format error`);
        return 126;
      }
      const text = error.code === 'ENOENT' && this.stat(file) !== undefined ? 'cannot execute: required file not found' : errorText(error);
      await this.complain(`${argv[0] ?? ''}: ${text}`);
      return error.code === 'ENOENT' ? 127 : 126;
    }
  }

  /** The file that a command name runs, or the status after the failure has been told. */
  async findCommand(name: string): Promise<string | number> {
    if (name.includes('/')) {
      const path = this.absolute(name);
      const stat = this.stat(path);
      if (stat === undefined) {
        await this.complain(`${name}: No such file or directory`);
        return 127;
      }
      if ((stat.mode & 0o170000) === 0o040000) {
        await this.complain(`${name}: Is a directory`);
        return 126;
      }
      if ((stat.mode & 0o111) === 0) {
        await this.complain(`${name}: Permission denied`);
        return 126;
      }
      return path;
    }
    const [found] = this.searchPath(name);
    if (found !== undefined) return found;
    const handler = this.functions.get('command_not_found_handle');
    if (handler !== undefined) return this.callFunction(handler, ['command_not_found_handle', name]);
    await this.complain(`${name}: command not found`);
    return 127;
  }

  /** Executable files of that name on `PATH`, in order. */
  searchPath(name: string, path = this.variables.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin'): string[] {
    if (name === '') return [];
    const found: string[] = [];
    for (const directory of path.split(':')) {
      const file = directory === '' ? `./${name}` : `${directory}/${name}`;
      const stat = this.stat(file);
      if (stat !== undefined && (stat.mode & 0o170000) === 0o100000 && (stat.mode & 0o111) !== 0) found.push(this.absolute(file));
    }
    return found;
  }

  async assign(assignment: Assignment): Promise<string> {
    const { variables } = this;
    const name = variables.resolve(assignment.name);
    if (assignment.elements !== undefined) {
      const variable = variables.declare(name);
      if (variable.readonly) throw new ReadonlyVariableError(`${name}: readonly variable`);
      await this.assignElements(variable, assignment, name);
      return `${name}=(…)`;
    }
    if (assignment.index !== undefined) {
      const value = await this.expander.text(assignment.value as Word, { assignment: true });
      const own = variables.find(name);
      const index =
        own?.assoc !== undefined
          ? await this.expander.text(assignment.index)
          : await this.expander.text({ parts: [{ kind: 'double', parts: assignment.index.parts }], source: '' });
      this.expander.setElement(name, own?.assoc !== undefined ? index : index, value, assignment.append);
      return `${name}[${index}]=${value}`;
    }
    const value = await this.expander.text(assignment.value ?? { parts: [], source: '' }, { assignment: true });
    this.assignScalar(name, value, assignment.append);
    return `${name}=${value === '' ? '' : traceWord(value)}`;
  }

  assignScalar(name: string, value: string, append = false): void {
    const { variables } = this;
    const own = variables.find(name);
    if (own?.integer) value = String(this.expander.calculate(append ? `${own.value ?? 0}+(${value || 0})` : value));
    else if (append) value = (variables.get(name) ?? '') + value;
    const variable = variables.set(name, value);
    if (this.options.allexport) variable.exported = true;
    if (name === 'PATH') this.hashed.clear();
    if (name === 'OPTIND') this.getoptsAt = 0;
  }

  async assignElements(variable: Variable, assignment: Assignment, name: string): Promise<void> {
    const elements = assignment.elements ?? [];
    if (variable.assoc !== undefined) {
      const map = assignment.append ? variable.assoc : new Map<string, string>();
      const pending: string[] = [];
      for (const element of elements) {
        if (element.index === undefined) pending.push(...(await this.expander.words([element.value])));
        else map.set(await this.expander.text(element.index), await this.expander.text(element.value));
      }
      for (let i = 0; i < pending.length; i += 2) map.set(pending[i] as string, pending[i + 1] ?? '');
      variable.assoc = map;
      return;
    }
    const old = variable.array ?? new Map<number, string>(variable.value === undefined ? [] : [[0, variable.value]]);
    const array = assignment.append ? old : new Map<number, string>();
    let next = assignment.append ? Math.max(-1, ...old.keys()) + 1 : 0;
    const store = (index: number, value: string) =>
      array.set(
        index,
        variable.integer
          ? String(this.expander.calculate(value))
          : variable.lower
            ? value.toLowerCase()
            : variable.upper
              ? value.toUpperCase()
              : value,
      );
    for (const element of elements) {
      if (element.index !== undefined) {
        next = Number(await this.expander.arithmetic(element.index));
        if (next < 0) throw new ExpansionError(`${name}: bad array subscript`, false);
        const value = await this.expander.text(element.value, { assignment: true });
        store(next, element.append ? (old.get(next) ?? '') + value : value);
        next++;
      } else for (const value of await this.expander.words([element.value])) store(next++, value);
    }
    variable.array = array;
    variable.value = undefined;
  }

  // Redirections.

  /** Applies them, in order, to the current table. @throws {RedirectionFailure} */
  async redirect(redirections: readonly Redirection[]): Promise<void> {
    for (const redirection of redirections) await this.#redirectOne(redirection);
  }

  async #redirectOne(redirection: Redirection): Promise<void> {
    const { operator } = redirection;
    const input = operator.startsWith('<');
    let number = redirection.fd ?? (input ? 0 : 1);
    if (redirection.variable !== undefined) {
      if ((operator === '>&' || operator === '<&') && redirection.target.source === '-') {
        this.fds.close(Number(this.variables.get(redirection.variable)));
        return;
      }
      number = this.fds.free();
      this.variables.set(redirection.variable, String(number));
    }
    if (operator === '<<' || operator === '<<-' || operator === '<<<') {
      const text = (await this.expander.text(redirection.target)) + (operator === '<<<' ? '\n' : '');
      this.fds.put(number, await this.#document(encodeText(text)));
      return;
    }
    const words = await this.expander.words([redirection.target]);
    if (words.length !== 1) throw new RedirectionFailure(`${redirection.target.source}: ambiguous redirect`);
    let target = words[0] as string;
    if (operator === '>&' || operator === '<&') {
      if (target === '-') {
        this.fds.close(number);
        return;
      }
      const moved = /^\d+-$/.test(target);
      if (moved) target = target.slice(0, -1);
      if (/^\d+$/.test(target)) {
        const source = this.fds.get(Number(target));
        if (source === undefined) throw new RedirectionFailure(`${target}: Bad file descriptor`);
        if (Number(target) !== number) this.fds.put(number, source.share());
        if (moved) this.fds.close(Number(target));
        return;
      }
      if (operator === '<&' || redirection.fd !== undefined) throw new RedirectionFailure(`${target}: ambiguous redirect`);
    }
    const both = operator === '&>' || operator === '&>>' || operator === '>&';
    const append = operator === '>>' || operator === '&>>';
    const flags = operator === '<' ? O_RDONLY : operator === '<>' ? O_RDWR | O_CREAT : O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC);
    const special = /^\/dev\/(?:fd\/(\d+)|std(in|out|err))$/.exec(target);
    if (special !== null) {
      const from = special[1] !== undefined ? Number(special[1]) : special[2] === 'in' ? 0 : special[2] === 'out' ? 1 : 2;
      const source = this.fds.get(from);
      if (source === undefined) throw new RedirectionFailure(`${target}: No such file or directory`);
      this.fds.put(number, source.share());
      if (both) this.fds.put(2, source.share());
      return;
    }
    let file: OpenFile;
    try {
      let extra = 0;
      if (this.options.noclobber && (operator === '>' || operator === '&>')) {
        const stat = this.stat(target);
        if (stat !== undefined && (stat.mode & 0o170000) === 0o100000)
          throw new RedirectionFailure(`${target}: cannot overwrite existing file`);
        if (stat === undefined) extra = O_EXCL;
      }
      if (target === '') throw new PosixError('ENOENT');
      file = new OpenFile(this.context.calls, this.files.open(this.absolute(target), flags | extra, 0o666));
    } catch (error) {
      if (error instanceof PosixError) throw new RedirectionFailure(`${target}: ${errorText(error)}`);
      throw error;
    }
    this.fds.put(number, file);
    if (both) this.fds.put(2, file.share());
  }

  /** The text of a here-document as something to read: a pipe while it fits, else a file without a name. */
  async #document(bytes: Uint8Array): Promise<OpenFile> {
    const { calls, syscalls } = this.context;
    if (bytes.length <= 4096) {
      const { read, write } = await calls.call('pipe', {});
      const readFd = syscalls.descriptors.adopt('pipe-read', read);
      const writeFd = syscalls.descriptors.adopt('pipe-write', write);
      if (bytes.length > 0) await calls.writeFd(writeFd, bytes);
      this.files.close(writeFd);
      return new OpenFile(calls, readFd);
    }
    const directory = this.files.mkdtemp('/tmp/.sh-');
    const path = `${directory}/here`;
    const out = this.files.open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600);
    this.files.write(out, bytes, null);
    this.files.close(out);
    const fd = this.files.open(path, O_RDONLY, 0);
    this.files.unlink(path);
    this.files.rmdir(directory);
    return new OpenFile(calls, fd);
  }

  // Signals and traps.

  async runTraps(): Promise<void> {
    for (const signal of this.pendingSignals.splice(0)) {
      const action = this.traps.get(signal);
      if (action) await this.#runTrap(signal, action);
    }
  }

  async #runTrap(name: string, action: string): Promise<void> {
    const { status } = this;
    const saved = this.traps.get(name);
    if (name === 'ERR') this.traps.delete(name);
    try {
      await this.evaluate(action);
    } finally {
      if (name === 'ERR' && saved !== undefined) this.traps.set(name, saved);
      this.status = status;
    }
  }
}

/** The command of a list that is one simple command in the foreground. */
function onlyCommand({ items }: List): SimpleCommand | undefined {
  const [item] = items;
  if (items.length !== 1 || item === undefined || item.background || item.rest.length > 0) return undefined;
  const { commands, negated, timed } = item.first;
  const [command] = commands;
  return commands.length === 1 && !negated && timed === false && command?.kind === 'simple' ? command : undefined;
}

/** A redirection cannot be made; its command does not run. */
export class RedirectionFailure extends Error {}

const waitingSubshells = new Map<string, { readonly state: Shell; readonly item: AndOr }>();

function hasSubstitution(word: Word): boolean {
  return word.parts.some(
    (part) =>
      part.kind === 'command' ||
      (part.kind === 'double' && part.parts.some((inner) => inner.kind === 'command')) ||
      (part.kind === 'parameter' && part.argument !== undefined && hasSubstitution(part.argument)),
  );
}

function traceWord(text: string): string {
  return text !== '' && /^[A-Za-z0-9_./:=@%^,+~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function signalText(signal: SignalName): string {
  const texts: Partial<Record<SignalName, string>> = {
    SIGHUP: 'Hangup',
    SIGQUIT: 'Quit',
    SIGILL: 'Illegal instruction',
    SIGABRT: 'Aborted',
    SIGKILL: 'Killed',
    SIGSEGV: 'Segmentation fault',
    SIGTERM: 'Terminated',
    SIGUSR1: 'User defined signal 1',
    SIGUSR2: 'User defined signal 2',
    SIGALRM: 'Alarm clock',
    SIGPIPE: 'Broken pipe',
    SIGINT: 'Interrupt',
  };
  return texts[signal] ?? signal;
}
