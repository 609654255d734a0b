/** The state of a shell and what all its parts ask of it. What carries out commands is `execution/evaluator.ts`. */
import { PosixError } from '../../base/errors.ts';
import { S_IFDIR, S_IFMT } from '../../base/file-mode.ts';
import type { Pid } from '../../base/ids.ts';
import type { SignalName } from '../../base/signals.ts';
import type { ProgramContext } from '../../process/program.ts';
import { ProcessEnded } from '../../process/streams.ts';
import { encodeText } from '../../process/text.ts';
import { builtins } from './builtins/builtins.ts';
import { BreakLoop, ExitShell, Interrupted, ReturnFromFunction } from './execution/control-flow.ts';
import { callFunction, runAndOr, runList } from './execution/evaluator.ts';
import { FdTable, OpenFile } from './execution/fd-table.ts';
import { JobTable, type Job } from './execution/jobs.ts';
import { processSubstitution, substitute } from './execution/substitutions.ts';
import { Expander, type ExpansionHost } from './expansion/expand.ts';
import { defaultOptions, defaultShopts, optionLetters, type ShellOptions } from './options.ts';
import { onlyCommand, ShellSyntaxError, type AndOr, type FunctionDefinition, type List, type SimpleCommand } from './syntax/ast.ts';
import { Parser } from './syntax/parser.ts';
import { decodePrompt } from './terminal/prompt.ts';
import { defineSpecials } from './variables/special-variables.ts';
import { Variables } from './variables/variables.ts';

/** A loop that never waits gives way after this long, in milliseconds. */
const turnMs = 8;

export class Shell implements ExpansionHost {
  readonly context: ProgramContext;
  readonly expander: Expander;
  variables = new Variables();
  functions = new Map<string, FunctionDefinition>();
  aliases = new Map<string, string>();
  positional: string[] = [];
  name = 'sh';
  options: ShellOptions = { ...defaultOptions };
  shopts = new Map<string, boolean>(defaultShopts);
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
  /** What this process does on signals that no shell of it traps: handles, or (null) ignores them. */
  dispositions = new Map<SignalName, (() => void) | null>();
  /** Shells of this process that have set traps, each with what takes them back at its end. */
  trapping = new Map<Shell, Map<string, () => void>>();
  /** Statuses of background jobs that were waited for, by pid. */
  readonly endedJobs = new Map<number, number>();
  interrupt = new AbortController();
  interrupted = false;
  readonly started = performance.now();
  /** The whole of what this shell was asked for, where that is one simple command. */
  lastCommand: SimpleCommand | undefined;
  /** Folders of process substitutions, removed after the command that names them. */
  readonly temporaries: string[] = [];
  /** Depth of what is run for its status alone: no failure in there ends a shell with `set -e`. */
  errexitShields = 0;
  /** Commands inside of commands. */
  nesting = 0;
  readonly builtins = builtins;
  #turnStarted = performance.now();

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
    defineSpecials(copy);
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
    copy.errexitShields = this.errexitShields;
    copy.nesting = this.nesting;
    copy.interrupt = this.interrupt;
    copy.dispositions = this.dispositions;
    copy.trapping = this.trapping;
    copy.interrupted = this.interrupted;
    copy.shopts.set('expand_aliases', this.shopts.get('expand_aliases') ?? false);
    return copy;
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
    isDirectory: (path: string): boolean => ((this.stat(path)?.mode ?? 0) & S_IFMT) === S_IFDIR,
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

  substitute(body: List): Promise<string> {
    return substitute(this, body);
  }

  processSubstitution(direction: 'in' | 'out', body: List): Promise<string> {
    return processSubstitution(this, direction, body);
  }

  prompt(text: string): Promise<string> {
    return decodePrompt(this, text);
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

  /** True when others of this worker, and messages, have waited long enough. */
  get turnIsOver(): boolean {
    return performance.now() - this.#turnStarted > turnMs;
  }

  async giveWay(): Promise<void> {
    await this.context.calls.yield();
    this.#turnStarted = performance.now();
  }

  /** By a Ctrl-C, typed to this shell, to the one it is a subshell of, or to a program of the job that it is a part of. */
  get isInterrupted(): boolean {
    return this.interrupted || this.interrupt.signal.reason instanceof Interrupted || this.job?.interrupted === true;
  }

  /** A subshell, which is no process of its own, ends as one would. @throws {Interrupted | ExitShell} */
  checkInterrupt(): void {
    if (!this.isInterrupted) return;
    if (this.interactive) {
      this.interrupted = false;
      throw new Interrupted();
    }
    if (this.subshellDepth === 0) return;
    const action = this.traps.get('SIGINT');
    if (action === undefined) throw new ExitShell(130);
    if (action !== '') this.pendingSignals.push('SIGINT');
    this.interrupted = false;
    if (this.interrupt.signal.aborted) this.interrupt = new AbortController();
    for (const child of this.job?.children ?? []) child.answered = true;
  }

  list(list: List): Promise<number> {
    return runList(this, list);
  }

  andOr(item: AndOr): Promise<number> {
    return runAndOr(this, item);
  }

  callFunction(func: FunctionDefinition, argv: readonly string[]): Promise<number> {
    return callFunction(this, func, argv);
  }

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
      const armed = this.trapping.get(this);
      this.trapping.delete(this);
      armed?.forEach((rearm) => rearm());
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
}
