/**
 * All that a package manager says: results on standard output, messages on standard error, each line with npm's prefix, in the order
 * they were said, and the spinner, which gives way to them.
 */
import type { ProgramContext } from '../../../process/program.ts';
import { colors, type Color, type Colors } from './colors.ts';
import { Spinner, type Progress, type ProgressLook } from './spinner.ts';

/** From the quietest. */
export const logLevels = ['silent', 'error', 'warn', 'notice', 'http', 'info', 'verbose', 'silly'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface DisplayOptions {
  readonly level: LogLevel;
  /** What begins every message: `npm`. */
  readonly heading: string;
  readonly colorOutput: boolean;
  readonly colorMessages: boolean;
  readonly progress: boolean;
  readonly unicode: boolean;
  readonly json: boolean;
}

const levelColors: Record<Exclude<LogLevel, 'silent'>, Color> = {
  error: 'red',
  warn: 'yellow',
  notice: 'cyanBright',
  http: 'green',
  info: 'cyan',
  verbose: 'blue',
  silly: 'blue',
};

export class Display {
  readonly #context: ProgramContext;
  /** Of standard error. */
  readonly messageColors: Colors;
  readonly #heading: string;
  readonly #level: number;
  readonly #spinner: Spinner;
  readonly #notices = new Set<string>();
  readonly #objects: unknown[] = [];
  /** Everything that was said, quiet levels included, for the log file. */
  readonly record: string[] = [];
  /** Of standard output. */
  readonly colors: Colors;
  json: boolean;
  #writing: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;

  constructor(context: ProgramContext, options: DisplayOptions) {
    this.#context = context;
    this.colors = colors(options.colorOutput);
    this.messageColors = colors(options.colorMessages);
    this.#heading = options.heading;
    this.#level = logLevels.indexOf(options.level);
    this.json = options.json;
    this.#spinner = new Spinner(context, options.progress && this.#level > 0, options.unicode);
  }

  get silent(): boolean {
    return this.#level === 0;
  }

  get progress(): Progress {
    return this.#spinner;
  }

  /** What moves looks like another manager's, or nothing does. */
  showProgressAs(look: ProgressLook | undefined, paint: (line: string) => string): void {
    this.#spinner.look = look;
    this.#spinner.paint = paint;
  }

  shows(level: LogLevel): boolean {
    return logLevels.indexOf(level) <= this.#level;
  }

  /** A line, or several, of what was asked for. */
  output(text = ''): void {
    this.#write(this.#context.stdout, `${printable(text)}\n`);
  }

  /** As it is, without a newline of ours. */
  raw(text: string): void {
    this.#write(this.#context.stdout, text);
  }

  /** Beside the output, but no message: nothing is put before it. */
  outputError(text = ''): void {
    this.#write(this.#context.stderr, `${printable(text)}\n`);
  }

  /** Part of the object that `--json` prints at the end; without it, printed at once. */
  buffer(value: unknown): void {
    this.#objects.push(value);
  }

  /** @param message Without one, npm takes a notice for another than with an empty one. */
  log(level: Exclude<LogLevel, 'silent'>, title: string, message?: string): void {
    const text = redact(printable(message ?? ''));
    const lines = text.split(/\r?\n/);
    const number = this.record.length;
    for (const line of lines) this.record.push(`${number} ${level}${title === '' ? '' : ` ${title}`}${line === '' ? '' : ` ${line}`}`);
    if (!this.shows(level)) return;
    if (level === 'notice' && !this.shows('verbose')) {
      const key = JSON.stringify([title, message]);
      if (this.#notices.has(key)) return;
      this.#notices.add(key);
    }
    const paint = this.messageColors;
    const prefix = [paint.bold(this.#heading), paint[levelColors[level]](level), ...(title === '' ? [] : [paint.blueBright(title)])]
      .filter((part) => part !== '')
      .join(' ');
    this.#write(this.#context.stderr, lines.map((line) => `${prefix}${line === '' ? '' : ' '}${line}\n`).join(''));
  }

  error(title: string, message: string): void {
    this.log('error', title, message);
  }

  warn(title: string, message: string): void {
    this.log('warn', title, message);
  }

  /** Stops the spinner, prints what `--json` gathered with `error` in it, and resolves when all of it is written. */
  async finish(error?: object): Promise<void> {
    await this.#spinner.stop();
    if (this.json) {
      const merged = mergeObjects(this.#objects, error);
      if (merged !== undefined) this.raw(`${JSON.stringify(merged, null, 2)}\n`);
    } else {
      for (const value of this.#objects) this.output(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
    }
    this.#objects.length = 0;
    await this.settled();
  }

  /** Resolves when all that was said is written. A program that is started next may then write too. */
  async settled(): Promise<void> {
    await this.#spinner.stop();
    await this.#writing;
    await this.#context.stdout.flush();
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  #write(stream: ProgramContext['stdout'], text: string): void {
    const wasWriting = this.#writing;
    this.#writing = (async () => {
      await wasWriting;
      if (this.#failed !== undefined) return;
      try {
        await this.#spinner.pause();
        if (stream !== this.#context.stdout) await this.#context.stdout.flush();
        await stream.write(text);
        // A terminal shows both, in order.
        if (stream.isTty) await stream.flush();
      } catch (error) {
        this.#failed = { error };
      }
    })();
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeObjects(values: readonly unknown[], error: object | undefined): unknown {
  const all = values.filter((value) => value !== undefined && value !== null);
  if (all.length === 0 && error === undefined) return undefined;
  const other = all.find((value) => !isObject(value));
  if (other !== undefined) return other;
  const merged = Object.assign({}, ...all) as Record<string, unknown>;
  if (error !== undefined) merged['error'] = error;
  return merged;
}

/** Control characters as `^X`, save tabs, line ends and colours: what comes from a registry must not drive the terminal. */
function printable(text: string): string {
  return text.replace(/\x1b(?=\[[0-9;]{0,8}m)|[\x00-\x08\x0c\x0e-\x1f\x7f-\x9f]/g, (character, at: number) => {
    const code = character.charCodeAt(0);
    if (code === 27 && /^\[[0-9;]{0,8}m/.test(text.slice(at + 1, at + 12))) return character;
    return code <= 31 ? `^${String.fromCharCode(code + 64)}` : `^${String.fromCharCode(code - 64)}`;
  });
}

/** Without the secrets that are known by their shape: tokens of npm, old ones are UUIDs, and those in addresses. */
export function redact(text: string): string {
  return text
    .replace(/\bnpms?_[a-z0-9]{36,}\b/gi, 'npm_***')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '***')
    .replace(/(\/\/[^/\s:@]*:)[^/\s@]+@/g, '$1***@')
    .replace(/(_authToken|_password|_auth)(\s*=\s*)\S+/g, '$1$2***');
}
