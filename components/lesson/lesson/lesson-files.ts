/** The files of a lesson's steps in a container: puts those of a step there, and records what the reader makes of them. */
import type { ContainerHost } from '../../shared/container-controller.ts';
import type { WorkingFileEvent } from '../../shared/working-files.ts';
import { changed, statesOf, type ApplyPatch, type Change, type Files, type StepSource, type StepStates } from '../step/step-files.ts';
import { chosen, edited, editState, type FileText, type ReaderEdit } from '../step/three-way.ts';
import type { LessonRecord } from './lesson-record.ts';

/** A file that both the reader and the author changed. */
export interface Difference {
  readonly path: string;
  readonly mine: FileText;
  readonly theirs: FileText;
}

/** More files than that are not followed one by one, but where steps change them. */
const maxFollowed = 200;

function textOf(files: Files, path: string): FileText {
  const contents = files.get(path);
  return typeof contents === 'string' ? contents : null;
}

export class LessonFiles {
  readonly #host: ContainerHost;
  readonly #record: LessonRecord;
  readonly #apply: ApplyPatch;
  readonly #changed: (event: WorkingFileEvent) => void;
  readonly #lifetime = new AbortController();
  readonly #followed = new Map<string, () => void>();
  #steps: readonly StepSource[] = [];
  #packed: Change = new Map();
  #states: readonly StepStates[] = [];
  #authored: unknown;
  #current = -1;

  /** `changed` is called after a file may have become another, by whomever. */
  constructor(
    host: ContainerHost,
    record: LessonRecord,
    options: { readonly apply: ApplyPatch; readonly changed: (event: WorkingFileEvent) => void },
  ) {
    this.#host = host;
    this.#record = record;
    this.#apply = options.apply;
    this.#changed = options.changed;
    const listen = (type: string) => host.files.addEventListener(type, this.#onFile as EventListener, { signal: this.#lifetime.signal });
    listen('edit');
    listen('change');
  }

  dispose(): void {
    this.#lifetime.abort();
    for (const release of this.#followed.values()) release();
    this.#followed.clear();
  }

  /** Whether the container's own files are others than when the steps were made of them. */
  get outdated(): boolean {
    return this.#authored !== this.#host.files.authored;
  }

  /** Makes the steps' files. Gives what is wrong with them, in words for the author. */
  load(packed: Change, steps: readonly StepSource[]): readonly string[] {
    this.#packed = packed;
    this.#steps = steps;
    return this.#make();
  }

  #make(): readonly string[] {
    const { files } = this.#host;
    this.#authored = files.authored;
    const own = new Map<string, string | Uint8Array>();
    for (const [path, contents] of files.authored) {
      if (typeof contents === 'string') own.set(path, contents);
      else if (contents instanceof Uint8Array) own.set(path, textIn(contents) ?? contents);
    }
    const { states, problems } = statesOf(changed(own, this.#packed), this.#steps, this.#apply);
    this.#states = states;
    this.#follow();
    return problems;
  }

  /** Programs may change these, too. */
  #follow(): void {
    const paths = this.#paths();
    const changing = new Set(this.#steps.flatMap(({ files, solution }) => [...files.keys(), ...solution.keys()]));
    for (const path of paths.size <= maxFollowed ? paths : changing)
      if (!this.#followed.has(path)) this.#followed.set(path, this.#host.files.use(path));
  }

  /** All files that are in some step, by the author or the reader. */
  #paths(): Set<string> {
    const paths = new Set(this.#states.flatMap(({ start, end }) => [...start.keys(), ...end.keys()]));
    for (const { name } of this.#steps) for (const path of this.#record.edits(name).keys()) paths.add(path);
    return paths;
  }

  #start(index = this.#current): Files {
    return this.#states[index]?.start ?? new Map<string, string>();
  }

  #step(index = this.#current): string {
    return this.#steps[index]?.name ?? '';
  }

  /** The files of a step as its author has them, to be shown first. */
  has(index: number, path: string): boolean {
    return this.#start(index).has(path) || this.#record.edits(this.#step(index)).has(path);
  }

  /** Puts the files of a step into the container, with what the reader made of them. */
  async enter(index: number): Promise<void> {
    this.#current = index;
    const start = this.#start();
    const step = this.#step();
    for (const [path, edit] of this.#record.edits(step))
      if (editState(edit, textOf(start, path)) === 'none') this.#record.setEdit(step, path, undefined);
    await this.#put(this.#target());
  }

  /** The files of the current step, with what the reader made of them. */
  #target(): Files {
    const target = new Map(this.#start());
    for (const [path, { text }] of this.#record.edits(this.#step())) {
      if (text === null) target.delete(path);
      else target.set(path, text);
    }
    return target;
  }

  /** Whether the record has other texts of the current step than are shown: another tab's. */
  get behind(): boolean {
    const target = this.#target();
    return [...this.#paths()].some((path) => {
      const contents = target.get(path);
      return !(contents instanceof Uint8Array) && contents !== this.#host.files.read(path);
    });
  }

  async #put(target: Files): Promise<void> {
    const { files, container } = this.#host;
    const writes: Promise<unknown>[] = [];
    for (const path of this.#paths()) {
      const contents = target.get(path);
      if (contents instanceof Uint8Array) {
        // Only a container holds bytes: before a boot nothing shows them.
        if (container !== undefined) writes.push(writeBytes(container.fs, path, contents));
      } else if (contents !== undefined || files.read(path) !== undefined) writes.push(files.replace(path, contents ?? null));
    }
    await Promise.all(writes);
  }

  readonly #onFile = (event: WorkingFileEvent): void => {
    if (this.#states.length > 0 && this.#current >= 0 && !this.outdated) this.#note(event.path);
    this.#changed(event);
  };

  /** Records what a file of the current step has become. */
  #note(path: string): void {
    const start = this.#start();
    if (path.endsWith('/') || start.get(path) instanceof Uint8Array || this.#host.files.isBinary(path)) return;
    const step = this.#step();
    const before = this.#record.edits(step).get(path);
    this.#record.setEdit(step, path, edited(before, textOf(start, path), this.#host.files.read(path) ?? null));
  }

  /** What the reader changed in the current step. */
  get edits(): ReadonlyMap<string, ReaderEdit> {
    return new Map(this.#record.edits(this.#step()));
  }

  /** Puts back what {@link edits} was. */
  async restore(step: number, edits: ReadonlyMap<string, ReaderEdit>): Promise<void> {
    this.#record.clearStep(this.#step(step));
    for (const [path, edit] of edits) this.#record.setEdit(this.#step(step), path, edit);
    if (step === this.#current) await this.enter(step);
  }

  /** The files of the current step that the author changed after the reader did. */
  get differences(): readonly Difference[] {
    const start = this.#start();
    return [...this.edits].flatMap(([path, edit]) => {
      const theirs = textOf(start, path);
      return editState(edit, theirs) === 'differs' ? [{ path, mine: edit.text, theirs }] : [];
    });
  }

  /** The reader's choice where {@link differences} tells of a file: the author's version. */
  takeTheirs(path: string): Promise<void> {
    return this.resetFile(path);
  }

  /** The other choice. */
  keepMine(path: string): void {
    const edit = this.edits.get(path);
    if (edit !== undefined) this.#record.setEdit(this.#step(), path, chosen(edit, textOf(this.#start(), path)));
  }

  async resetFile(path: string): Promise<void> {
    this.#record.setEdit(this.#step(), path, undefined);
    await this.#host.files.replace(path, textOf(this.#start(), path));
  }

  async resetStep(): Promise<void> {
    // Files that only the reader has are among the paths of its record.
    const paths = this.edits.keys();
    const start = this.#start();
    await Promise.all([...paths].map((path) => this.#host.files.replace(path, textOf(start, path))));
    this.#record.clearStep(this.#step());
    await this.enter(this.#current);
  }

  /** Forgets what the reader did in all steps. */
  async resetLesson(): Promise<void> {
    const paths = this.#paths();
    this.#record.clear();
    this.#current = 0;
    const start = this.#start();
    await Promise.all(
      [...paths].flatMap((path) => (start.get(path) instanceof Uint8Array ? [] : [this.#host.files.replace(path, textOf(start, path))])),
    );
  }

  /** What the solution of a step changes, by path; null for what it deletes. Texts alone. */
  solution(index: number): ReadonlyMap<string, FileText> {
    const { start, end } = this.#states[index] ?? { start: new Map<string, string>(), end: new Map<string, string>() };
    const changes = new Map<string, FileText>();
    for (const path of new Set([...start.keys(), ...end.keys()])) {
      const contents = end.get(path);
      if (contents !== start.get(path) && !(contents instanceof Uint8Array)) changes.set(path, contents ?? null);
    }
    return changes;
  }

  async applySolution(index: number): Promise<void> {
    const { files } = this.#host;
    await Promise.all([...this.solution(index)].map(([path, text]) => files.replace(path, text)));
  }
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function writeBytes(
  fs: { mkdir(path: string, options: { recursive: true }): Promise<unknown>; writeFile(path: string, data: Uint8Array): Promise<unknown> },
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  if (folder !== '') await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path, bytes);
}
