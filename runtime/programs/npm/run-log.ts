/** What a failed run leaves for later reading. */
import { PosixError } from '../../base/errors.ts';
import type { ErrorReport } from './error-report.ts';
import { resolvePath } from './paths.ts';
import type { Session } from './session.ts';

/** Where npm keeps what a run has said, and its longer reports. */
export class RunLog {
  readonly #session: Session;
  readonly #folder: string;
  readonly #run = new Date().toISOString().replace(/[.:]/g, '_');
  readonly #max: number;

  constructor(session: Session) {
    const { config, cacheFolder } = session;
    this.#session = session;
    this.#folder = config.text('logs-dir') ?? resolvePath(cacheFolder, '_logs');
    this.#max = config.count('logs-max') ?? 10;
  }

  get #path(): string {
    return `${this.#folder}/${this.#run}-debug-0.log`;
  }

  /** Keeps the longer text of a report; what it prints then tells where. */
  report(report: ErrorReport): ErrorReport {
    const { file } = report;
    if (file === undefined) return report;
    const path = `${this.#folder}/${this.#run}-${file.name}`;
    const logs = this.#max > 0 ? this.#path : '';
    const kept = this.#keep(path, `Log files:\n${logs}\n\n${file.text.trim()}\n`);
    return kept ? { ...report, detail: [...report.detail, ['', `\n\nFor a full report see:\n${path}`]] } : report;
  }

  /** Writes all that was said, and says where it is. */
  write(): void {
    const { disk, display } = this.#session;
    const path = this.#path;
    if (this.#max <= 0) display.error('', `Log files were not written due to the config logs-max=${this.#max}`);
    else if (this.#keep(path, `${display.record.join('\n')}\n`)) {
      const logs = disk
        .list(this.#folder)
        .map(({ name }) => name)
        .filter((name) => name.endsWith('-debug-0.log'))
        .sort();
      for (const old of logs.slice(0, Math.max(0, logs.length - this.#max))) disk.remove(`${this.#folder}/${old}`);
      display.error('', `A complete log of this run can be found in: ${path}`);
    } else {
      display.error(
        '',
        `Log files were not written due to an error writing to the directory: ${this.#folder}\nYou can rerun the command with \`--loglevel=verbose\` to see the logs in your terminal`,
      );
    }
  }

  #keep(path: string, text: string): boolean {
    const { disk } = this.#session;
    try {
      disk.makeFolders(this.#folder);
      disk.write(path, text);
      return true;
    } catch (error) {
      if (error instanceof PosixError) return false;
      throw error;
    }
  }
}
