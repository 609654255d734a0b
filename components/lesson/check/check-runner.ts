/** When the checks of a step are made. */
import type { CheckContext, CheckOutcome } from './check-context.ts';
import type { BvCheck } from './check-element.ts';
import { changesSomething, needsContainer } from './check-spec.ts';

/** Milliseconds after the reader's last edit: programs are not started for every word. Files and documents are looked at at once. */
const quietMs = 500;

/** What belongs to one processor: more than one at a time would only be slower. */
const onePerTime: ReadonlySet<string> = new Set(['command', 'test', 'function']);

export class CheckRunner {
  readonly #checks: () => readonly BvCheck[];
  readonly #context: () => CheckContext;
  readonly #made: () => void;
  /** The reader did something in this step: what is missing is shown from now on. */
  #acted = false;
  #later: ReturnType<typeof setTimeout> | undefined;
  #line: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** `made` is called after each. */
  constructor(checks: () => readonly BvCheck[], context: () => CheckContext, made: () => void) {
    this.#checks = checks;
    this.#context = context;
    this.#made = made;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#later);
  }

  /** Another step is shown: says what has passed already, and nothing of what is still to be done. */
  enter(): void {
    clearTimeout(this.#later);
    this.#acted = false;
    for (const check of this.#checks()) check.forget();
    this.#look(() => true);
    if (this.#context().container !== undefined) this.#soon();
  }

  /** A file became another. `byReader`: not by a program, whose output must not start it again. */
  changed(path: string, { byReader }: { readonly byReader: boolean }): void {
    if (byReader) this.#acted = true;
    this.#look((looked) => looked === path, { documents: byReader });
    if (byReader && this.#context().container !== undefined) this.#soon();
  }

  /** Makes what costs nothing. */
  #look(isWanted: (path: string) => boolean, { documents = true } = {}): void {
    const live = documents && this.#context().container !== undefined;
    void this.#make((check) =>
      check.spec?.type === 'file' ? isWanted(check.spec.path) : live && check.spec?.type === 'dom' && byItself(check),
    );
  }

  portOpened(port: number): void {
    void this.#make((check) => check.spec?.type === 'request' && check.spec.port === port && byItself(check));
  }

  documentLoaded(): void {
    void this.#make((check) => check.spec?.type === 'dom' && byItself(check));
  }

  #soon(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(
      () => void this.#make(({ spec }) => spec !== undefined && spec.type !== 'dom' && needsContainer(spec) && !changesSomething(spec)),
      quietMs,
    );
  }

  /** All of them, because the reader asked: waits for servers that are about to start. */
  async all(): Promise<readonly (CheckOutcome | undefined)[]> {
    clearTimeout(this.#later);
    this.#acted = true;
    return this.#make(() => true, { patient: true });
  }

  async #make(which: (check: BvCheck) => boolean, { patient = false } = {}): Promise<readonly (CheckOutcome | undefined)[]> {
    const context = this.#context();
    const quiet = !this.#acted;
    const making = this.#checks()
      .filter(which)
      .map(async (check) => {
        const make = () => (this.#disposed ? undefined : check.make(context, { quiet, patient }));
        const outcome = onePerTime.has(check.spec?.type ?? '') ? await (this.#line = this.#line.then(make)) : await make();
        if (!this.#disposed) this.#made();
        return outcome as CheckOutcome | undefined;
      });
    return Promise.all(making);
  }
}

function byItself({ spec }: BvCheck): boolean {
  return spec !== undefined && !changesSomething(spec);
}
