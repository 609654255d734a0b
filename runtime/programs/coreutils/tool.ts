/** What every tool shares: GNU's options, its error texts, and inputs named on the command line. */
import { PosixError } from '../../base/errors.ts';
import type { Fd } from '../../base/ids.ts';
import { S_IFDIR, S_IFMT } from '../../base/file-mode.ts';
import type { ProgramContext, TrustedProgram } from '../../process/program.ts';
import { errorText } from '../../process/strerror.ts';
import { FdReader } from '../../process/streams.ts';
import { decodeText } from '../../process/text.ts';
import { quotedBefore } from './quoting.ts';

/** A tool that reads files without ever waiting gives way after this long, in milliseconds. */
const turnMs = 8;

/** Ends the tool with a message that has been written, or is written now. */
export class ToolExit extends Error {
  readonly status: number;
  readonly text: string;
  constructor(status: number, text = '') {
    super(text);
    this.status = status;
    this.text = text;
  }
}

export class Tool {
  readonly context: ProgramContext;
  readonly name: string;
  /** What the tool exits with if nothing worse happens. */
  status = 0;

  constructor(context: ProgramContext, name: string) {
    this.context = context;
    this.name = name;
  }

  get files() {
    return this.context.syscalls.files;
  }
  get stdout() {
    return this.context.stdout;
  }
  get args(): readonly string[] {
    return this.context.argv.slice(1);
  }

  /** `name: message` on standard error; the tool goes on and exits with `status`. */
  async warn(message: string, status = 1): Promise<void> {
    await this.stdout.flush();
    await this.context.stderr.write(`${this.name}: ${message}\n`);
    this.status = Math.max(this.status, status);
  }

  async warnError(subject: string, error: unknown, status = 1): Promise<void> {
    if (!(error instanceof PosixError)) throw error;
    await this.warn(`${subject}: ${errorText(error)}`, status);
  }

  /** Options in GNU's manner: anywhere, joined, with values, long ones abbreviated. */
  options(specification: OptionSpecification): ParsedOptions {
    return parseOptions(this.name, this.args, specification);
  }

  /** Each input in turn, `-` and none being standard input. What cannot be read is told and passed over. */
  async *inputs(names: readonly string[], failure = 1): AsyncGenerator<{ readonly name: string; readonly reader: FdReader }> {
    for (const name of names.length === 0 ? ['-'] : names) {
      if (name === '-') {
        yield { name, reader: this.context.stdin };
        continue;
      }
      let fd: number;
      try {
        fd = this.files.open(name, 0, 0);
      } catch (error) {
        await this.openFailed(name, error, failure);
        continue;
      }
      try {
        const { calls } = this.context;
        if (calls.handleOf(fd) === undefined && (this.files.fstat(fd).mode & S_IFMT) === S_IFDIR) {
          await this.directoryInput(name, failure);
          continue;
        }
        yield { name, reader: this.reader(fd) };
      } finally {
        if (!this.context.signal.aborted) this.files.close(fd);
      }
    }
  }

  /** Of a file or a stream: writes what is held before it waits, and gives way to others now and then. */
  reader(fd: Fd): FdReader {
    let began = performance.now();
    return new FdReader(this.context.calls, fd, () => {
      const flushed = this.stdout.flush();
      if (flushed !== undefined || performance.now() - began < turnMs) return flushed;
      began = performance.now();
      return this.context.calls.yield();
    });
  }

  /** Asks on standard error; whether a line of standard input says yes. */
  async confirm(question: string): Promise<boolean> {
    await this.stdout.flush();
    await this.context.stderr.write(`${this.name}: ${question} `);
    const { stdin } = this.context;
    let answer = '';
    for (;;) {
      const bytes = await stdin.read();
      if (bytes.length === 0) break;
      const end = bytes.indexOf(10);
      answer += decodeText(end < 0 ? bytes : bytes.subarray(0, end));
      if (end < 0) continue;
      stdin.unread(bytes.subarray(end + 1));
      break;
    }
    return /^[yY]/.test(answer);
  }

  /** What the tool says of an input that cannot be opened. */
  async openFailed(name: string, error: unknown, failure: number): Promise<void> {
    await this.warnError(quotedBefore(name), error, failure);
  }

  /** What the tool says of a directory among its inputs. */
  async directoryInput(name: string, failure: number): Promise<void> {
    await this.warn(`${quotedBefore(name)}: Is a directory`, failure);
  }
}

export interface OptionSpecification {
  /** As getopt(3): `ab:c` — `b` takes a value; `d::` may have one joined to it. */
  readonly short: string;
  /** Long name → the short letter it stands for, or a name of its own; `=` at the end takes a value, `?` may. */
  readonly long?: Readonly<Record<string, string>>;
  /** Status of a usage error; most tools have 1. */
  readonly failure?: number;
  /** Operands end the options (`env`, `xargs`, `nohup`). */
  readonly stopAtOperand?: boolean;
  /** `-5` stands for this option with the number as value. */
  readonly digits?: string;
  readonly usage?: string;
  /** A usage error shows it, too. */
  readonly showUsage?: boolean;
}

export interface ParsedOptions {
  has(name: string): boolean;
  /** The last value given. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  readonly order: (readonly [string, string])[];
  readonly operands: string[];
}

function parseOptions(tool: string, args: readonly string[], specification: OptionSpecification): ParsedOptions {
  const order: (readonly [string, string])[] = [];
  const operands: string[] = [];
  const { short, long = {}, failure = 1 } = specification;
  const hint = `${specification.showUsage === true ? `Usage: ${tool} ${specification.usage ?? ''}\n` : ''}Try '${tool} --help' for more information.`;
  const fail = (message: string): never => {
    throw new ToolExit(failure, `${tool}: ${message}\n${hint}\n`);
  };
  const longNames = Object.keys(long).map((key) => ({
    name: key.replace(/[=?]$/, ''),
    takes: /=$/.test(key),
    may: /\?$/.test(key),
    letter: long[key] as string,
  }));
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=');
      const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
      if (name === 'help') throw new ToolExit(0, `Usage: ${tool} ${specification.usage ?? '[OPTION]... [FILE]...'}\n`);
      if (name === 'version') throw new ToolExit(0, `${tool} (bavini coreutils)\n`);
      const exact = longNames.filter((entry) => entry.name === name);
      const matches = exact.length > 0 ? exact : longNames.filter((entry) => entry.name.startsWith(name));
      const letters = new Set(matches.map((entry) => entry.letter));
      if (matches.length === 0) fail(`unrecognized option '${arg}'`);
      if (letters.size > 1) fail(`option '${arg}' is ambiguous; possibilities: ${matches.map((entry) => `'--${entry.name}'`).join(' ')}`);
      const [entry] = matches as [(typeof matches)[number]];
      if (entry.takes) {
        if (equals < 0 && i + 1 >= args.length) fail(`option '--${entry.name}' requires an argument`);
        order.push([entry.letter, equals < 0 ? (args[++i] as string) : arg.slice(equals + 1)]);
      } else {
        if (equals >= 0 && !entry.may) fail(`option '--${entry.name}' doesn't allow an argument`);
        order.push([entry.letter, equals < 0 ? '' : arg.slice(equals + 1)]);
      }
      continue;
    }
    if (arg === '-' || !arg.startsWith('-')) {
      operands.push(arg);
      if (specification.stopAtOperand) {
        operands.push(...args.slice(i + 1));
        break;
      }
      continue;
    }
    if (specification.digits !== undefined && /^-\d+$/.test(arg)) {
      order.push([specification.digits, arg.slice(1)]);
      continue;
    }
    for (let j = 1; j < arg.length; j++) {
      const letter = arg[j] as string;
      const digits = specification.digits === undefined ? undefined : /^\d+/.exec(arg.slice(j))?.[0];
      if (digits !== undefined) {
        order.push([specification.digits as string, digits]);
        j += digits.length - 1;
        continue;
      }
      const at = short.indexOf(letter);
      if (at < 0 || letter === ':') fail(`invalid option -- '${letter}'`);
      if (short[at + 1] !== ':') {
        order.push([letter, '']);
        continue;
      }
      const joined = arg.slice(j + 1);
      if (joined !== '' || short[at + 2] === ':') order.push([letter, joined]);
      else if (i + 1 >= args.length) fail(`option requires an argument -- '${letter}'`);
      else order.push([letter, args[++i] as string]);
      break;
    }
  }
  return {
    order,
    operands,
    has: (name) => order.some(([key]) => key === name),
    value: (name) => order.findLast(([key]) => key === name)?.[1],
    values: (name) => order.filter(([key]) => key === name).map(([, value]) => value),
  };
}

/** A tool from its body, which may give its exit status. */
export function defineTool(name: string, body: (tool: Tool) => Promise<number | void>): TrustedProgram {
  return {
    async run(context) {
      const tool = new Tool(context, name);
      try {
        const status = await body(tool);
        return status ?? tool.status;
      } catch (error) {
        if (!(error instanceof ToolExit)) throw error;
        await context.stdout.flush();
        if (error.text !== '') await (error.status === 0 ? context.stdout : context.stderr).write(error.text);
        return error.status;
      }
    },
  };
}

/** How GNU quotes a name in a message. */

/** A count with GNU's multipliers (`10k`, `2M`, `1kB`). Undefined if it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)(?:([kKMGTPE])(iB|B)?|(b))?$/.exec(text);
  if (match === null) return undefined;
  const power = match[2] === undefined ? 0 : 'kmgtpe'.indexOf(match[2].toLowerCase()) + 1;
  return Number(match[1]) * (match[4] ? 512 : (match[3] === 'B' ? 1000 : 1024) ** power);
}

export function joinPath(directory: string, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? (path === '' ? '' : '/') : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
