/** How long output may go on until the next announcement, in milliseconds: a screen reader would never end reading a flood. */
const quietMs = 1500;
/** That many lines are read out as they are. */
const readOut = 3;

/** Says what is new in an output: few lines as they are, many as their number. */
export class Announcer {
  readonly #say: (lines: readonly string[] | undefined, count: number, errors: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lines: string[] = [];
  #count = 0;
  #errors = 0;

  /** `say` gets the lines, or undefined where there are too many of them. */
  constructor(say: (lines: readonly string[] | undefined, count: number, errors: number) => void) {
    this.#say = say;
  }

  add(count: number, errors: number, lines: () => readonly string[]): void {
    if (count === 0) return;
    this.#count += count;
    this.#errors += errors;
    if (this.#count <= readOut) this.#lines.push(...lines());
    this.#timer ??= setTimeout(() => this.#tell(), quietMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    [this.#lines, this.#count, this.#errors] = [[], 0, 0];
  }

  #tell(): void {
    const [lines, count, errors] = [this.#lines, this.#count, this.#errors];
    this.stop();
    this.#say(count <= readOut ? lines : undefined, count, errors);
  }
}
