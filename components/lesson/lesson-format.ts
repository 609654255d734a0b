/**
 * The packed lesson: what `<bv-lesson src>` reads and `bavini pack` writes, as JSON (gzipped or not).
 *
 * Paths are relative to the working directory. Markup (`html`, hints, `help`) is put into the page without scripts, frames and
 * handlers; it may hold `<bv-check>`, `<bv-hint>` and `<bv-solution>`.
 */

export const lessonFormat = 'bavini-lesson';
/** Raised when a reader of the version before would read it wrongly. */
export const lessonFormatVersion = 1;

/** Text, or bytes. */
export type LessonFile = string | { readonly base64: string };

/** By path; null deletes the file. */
export type LessonChange = Readonly<Record<string, LessonFile | null>>;

/** Where a step starts: with the step before solved, with the step before as it started, or with the lesson's own files. */
export type StepOrigin = 'solution' | 'start' | 'lesson';

/** Attributes of a `<bv-check>` as an author writes them in HTML, by their names, and `help`: what to do when it fails. */
export type LessonCheck = Readonly<Record<string, string | number | boolean>> & { readonly type: string };

export interface LessonStep {
  /** Names the step in addresses and in what is kept of it: unique, and the same in the next version of the lesson. */
  readonly name: string;
  /** Shown in the list of steps. */
  readonly label: string;
  /** The prose. */
  readonly html: string;
  /** The chapter it belongs to, shown over its first step. */
  readonly group?: string;
  /** Default: `solution`. */
  readonly from?: StepOrigin;
  /** The start: a change on what `from` names. */
  readonly files?: LessonChange;
  /** Unified diffs, applied after `files`. */
  readonly patches?: readonly string[];
  /** A change on the start. */
  readonly solution?: LessonChange;
  /** The file that editors show first. */
  readonly focus?: string;
  /** A line of shell for the first terminal. */
  readonly command?: string;
  /** What the first preview shows: a port, or a port with a path, such as `3000/hello`. */
  readonly preview?: string;
  /** Shown after the prose, after those in it. */
  readonly checks?: readonly LessonCheck[];
  /** Markup of each. */
  readonly hints?: readonly string[];
}

export interface LessonDocument {
  readonly format: typeof lessonFormat;
  readonly version: number;
  readonly label?: string;
  /** Default: `linear`. */
  readonly order?: 'linear' | 'free';
  /** Before any step. They go over the files of the container. */
  readonly files?: LessonChange;
  readonly steps: readonly LessonStep[];
}

/** Where in the document something is wrong, such as `steps[2].files["a.js"]`, and what. */
export class LessonFormatError extends Error {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`Cannot read the lesson: ${path === '' ? 'it' : path} ${problem}`);
    this.name = 'LessonFormatError';
    this.path = path;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LessonFormatError(path, 'must be an object');
  return value as Fields;
}

function text(value: unknown, path: string): void {
  if (typeof value !== 'string') throw new LessonFormatError(path, 'must be a text');
}

function filled(value: unknown, path: string): void {
  text(value, path);
  if (value === '') throw new LessonFormatError(path, 'must not be empty');
}

function list(value: unknown, path: string, each: (item: unknown, path: string) => void): void {
  if (!Array.isArray(value)) throw new LessonFormatError(path, 'must be a list');
  value.forEach((item, index) => each(item, `${path}[${index}]`));
}

function oneOf(value: unknown, path: string, choices: readonly string[]): void {
  if (!choices.includes(value as string)) throw new LessonFormatError(path, `must be one of ${choices.join(', ')}`);
}

function change(value: unknown, path: string): void {
  for (const [name, file] of Object.entries(record(value, path))) {
    const at = `${path}[${JSON.stringify(name)}]`;
    if (name.split('/').some((part) => part === '' || part === '.' || part === '..'))
      throw new LessonFormatError(at, 'must be named by a path in the project, without "." and ".."');
    if (file !== null && typeof file !== 'string') text(record(file, at)['base64'], `${at}.base64`);
  }
}

function check(value: unknown, path: string): void {
  const fields = record(value, path);
  filled(fields['type'], `${path}.type`);
  for (const [name, setting] of Object.entries(fields)) {
    if (!['string', 'number', 'boolean'].includes(typeof setting))
      throw new LessonFormatError(`${path}.${name}`, 'must be a text, a number, true or false');
  }
}

type Rule = (value: unknown, path: string) => void;

const texts: Rule = (value, path) => list(value, path, text);

const stepRules: Readonly<Record<keyof LessonStep, Rule>> = {
  name: (value, path) => {
    filled(value, path);
    if (/[\s#/]/.test(value as string)) throw new LessonFormatError(path, 'must hold no blanks, "#" and "/"');
  },
  label: filled,
  html: text,
  group: text,
  from: (value, path) => oneOf(value, path, ['solution', 'start', 'lesson'] satisfies StepOrigin[]),
  files: change,
  patches: texts,
  solution: change,
  focus: text,
  command: text,
  preview: text,
  checks: (value, path) => list(value, path, check),
  hints: texts,
};
const neededOfStep: readonly string[] = ['name', 'label', 'html'] satisfies (keyof LessonStep)[];

function follow(rules: Readonly<Record<string, Rule>>, fields: Fields, path: string, required: readonly string[] = []): void {
  for (const [name, rule] of Object.entries(rules)) {
    if (fields[name] !== undefined || required.includes(name)) rule(fields[name], path === '' ? name : `${path}.${name}`);
  }
}

/**
 * Takes parsed JSON for a lesson. Fields it does not know are let through.
 *
 * @throws {LessonFormatError}
 */
export function lessonOf(value: unknown): LessonDocument {
  const fields = record(value, '');
  if (fields['format'] !== lessonFormat) throw new LessonFormatError('format', `must be ${JSON.stringify(lessonFormat)}`);
  if (!Number.isInteger(fields['version']) || (fields['version'] as number) < 1)
    throw new LessonFormatError('version', 'must be a whole number from 1');
  if ((fields['version'] as number) > lessonFormatVersion)
    throw new LessonFormatError('version', `is ${String(fields['version'])}, this version of bavini reads ${lessonFormatVersion}`);
  follow({ label: text, order: (order, path) => oneOf(order, path, ['linear', 'free']), files: change }, fields, '');
  const names = new Map<unknown, string>();
  list(fields['steps'], 'steps', (step, path) => {
    const stepFields = record(step, path);
    follow(stepRules, stepFields, path, neededOfStep);
    const other = names.get(stepFields['name']);
    if (other !== undefined)
      throw new LessonFormatError(`${path}.name`, `is the name of ${other}, too: ${JSON.stringify(stepFields['name'])}`);
    names.set(stepFields['name'], path);
  });
  if (names.size === 0) throw new LessonFormatError('steps', 'must hold a step');
  return value as LessonDocument;
}
