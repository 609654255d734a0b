/** Lines as Yarn 4 prints them: each with a number, some in sections. */
import type { ManagerRun } from '../../manager-run.ts';
import { elapsed } from './help.ts';

export class BerryReport {
  readonly #run: ManagerRun;
  #hasBegun = false;
  /** When it was opened. */
  #section: number | undefined;

  constructor(run: ManagerRun) {
    this.#run = run;
  }

  /** From now on failures are lines of it, too. */
  begin(): void {
    this.#hasBegun = true;
  }

  async line(code: number, text: string): Promise<void> {
    await this.#run.out(`➤ YN${String(code).padStart(4, '0')}: ${text}`);
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

  async failed([code, message]: readonly [code: number, message: string]): Promise<void> {
    if (!this.#hasBegun) return this.#run.out(`Internal Error: ${message}`);
    await this.line(code, `${this.#section === undefined ? '·' : '│'} ${message}`);
    await this.close();
    await this.line(0, `· Failed with errors in ${elapsed(this.#run.elapsedMs)}`);
  }
}
