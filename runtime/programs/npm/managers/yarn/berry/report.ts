/** Lines as Yarn 4 prints them: each with a number, some in sections. */
import type { ManagerRun } from '../../manager-run.ts';
import { ManifestSyntaxError } from '../../project.ts';
import { describe, describePreparation, PreparationError } from './errors.ts';
import { elapsed } from './help.ts';
import { paintBerry, type BerryKind } from './painter.ts';

export class BerryReport {
  readonly #run: ManagerRun;
  #hasBegun = false;
  #isWarned = false;
  /** When it was opened. */
  #section: number | undefined;

  constructor(run: ManagerRun) {
    this.#run = run;
  }

  /** From now on failures are lines of it, too. */
  begin(): void {
    this.#hasBegun = true;
  }

  async line(code: number, text: string, kind: BerryKind = 'info'): Promise<void> {
    await this.#run.out(`➤ YN${String(code).padStart(4, '0')}: ${text}`, (line) => paintBerry(line, kind));
  }

  async open(title: string): Promise<void> {
    await this.line(0, `┌ ${title}`);
    this.#section = this.#run.elapsedMs;
  }

  async close(): Promise<void> {
    if (this.#section === undefined) return;
    const took = this.#run.elapsedMs - this.#section;
    this.#section = undefined;
    await this.line(0, `└ Completed${took > 200 ? ` in ${elapsed(took)}` : ''}`);
  }

  /** It ends well, but something was said that its reader should know. */
  warned(): void {
    this.#isWarned = true;
  }

  async done(): Promise<void> {
    await this.line(0, `· Done ${this.#isWarned ? 'with warnings ' : ''}in ${elapsed(this.#run.elapsedMs)}`);
  }

  async failed(error: unknown): Promise<void> {
    if (error instanceof PreparationError) return this.#unprepared(error);
    const [code, ...lines] = describe(error, this.#run.timeoutMs);
    if (!this.#hasBegun) {
      await this.#run.out(`${error instanceof ManifestSyntaxError ? 'Syntax' : 'Internal'} Error: ${lines.join('\n')}`);
      return;
    }
    for (const line of lines) await this.line(code, `${this.#section === undefined ? '·' : '│'} ${line}`, 'error');
    await this.close();
    await this.line(0, `· Failed with errors in ${elapsed(this.#run.elapsedMs)}`, 'error');
  }

  async #unprepared(error: PreparationError): Promise<void> {
    const [code, ...lines] = describePreparation(error, this.#run.timeoutMs);
    const { text } = error;
    await this.line(27, `${/.@/.test(text) ? text : `${text}@unknown`} can't be resolved to a satisfying range`, 'error');
    for (const line of lines) await this.line(code, line, 'error');
    await this.#run.out('\n➤ Errors happened when preparing the environment required to run this command.', (line) =>
      paintBerry(line, 'error'),
    );
  }
}
