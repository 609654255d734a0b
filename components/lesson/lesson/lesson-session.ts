/** A lesson in a container: which step is shown, its files, its checks, and what is kept of the reader. */
import type { Container } from '../../../runtime/index.ts';
import type { BvContainer } from '../../container/container-element.ts';
import type { BvEditor } from '../../editor/editor-element.ts';
import type { BvPreview } from '../../preview/preview-element.ts';
import type { BvTerminal } from '../../terminal/terminal-element.ts';
import { BvElementError } from '../../shared/element-error.ts';
import { BvOpenEvent } from '../../shared/events.ts';
import type { CustomCheckContext } from '../../shared/custom-checks.ts';
import type { WorkingFileEvent } from '../../shared/working-files.ts';
import type { CheckContext, CheckOutcome } from '../check/check-context.ts';
import { BvCheck } from '../check/check-element.ts';
import { CheckRunner } from '../check/check-runner.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { ApplyPatch, Change, StepSource } from '../step/step-files.ts';
import type { BvStep } from '../step/step-element.ts';
import type { ReaderEdit } from '../step/three-way.ts';
import { LessonFiles, type Difference } from './lesson-files.ts';
import type { LessonRecord } from './lesson-record.ts';

export interface SessionOptions {
  readonly host: BvContainer;
  readonly record: LessonRecord;
  readonly steps: readonly BvStep[];
  readonly packed: Change;
  readonly sources: readonly StepSource[];
  readonly apply: ApplyPatch;
  /** Something that is shown changed. */
  readonly changed: () => void;
  /** All checks of a step have passed for the first time. */
  readonly done: (step: BvStep) => void;
  /** An author's mistake. */
  readonly wrong: (mistakes: readonly string[]) => void;
}

/** Programs that were told to end have so long, in milliseconds, before their servers are taken for somebody else's. */
const closingMs = 3000;

/** Resolves when none of `ports` is open any more. */
function portsClosed(container: Container, ports: readonly number[], signal: AbortSignal): Promise<void> {
  const open = new Set(ports);
  if (open.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const stop = container.on('port', (port, type) => {
      if (type === 'close') open.delete(port);
      if (open.size === 0) end();
    });
    const timer = setTimeout(end, closingMs);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** What authors wrote for terminals, which have the command of the step meanwhile. */
const ownCommands = new WeakMap<HTMLElement, string>();

export class LessonSession {
  readonly host: BvContainer;
  readonly steps: readonly BvStep[];
  readonly #options: SessionOptions;
  readonly #record: LessonRecord;
  readonly #files: LessonFiles;
  readonly #runner: CheckRunner;
  readonly #lifetime = new AbortController();
  #container: Container | undefined;
  #index = -1;
  /** What checks need is being started. */
  #preparing = false;
  #editedSinceRun = false;
  #loads = 0;
  /** Terminals whose shell began since the last Run. */
  readonly #started = new Set<EventTarget | undefined>();
  /** The files of another step are on their way: those changes are nobody's. */
  #entering = false;

  constructor(options: SessionOptions) {
    const { host, record, steps, apply } = options;
    this.#options = options;
    this.host = host;
    this.steps = steps;
    this.#record = record;
    this.#files = new LessonFiles(host, record, { apply, changed: (event) => this.#onFile(event) });
    this.#runner = new CheckRunner(
      () => this.checks,
      () => this.#context(),
      () => this.#onChecked(),
    );
    const { signal } = this.#lifetime;
    const onRun = () => {
      this.#editedSinceRun = false;
      this.#started.clear();
    };
    host.addEventListener('bv-run', onRun, { signal });
    document.addEventListener('bv-terminal-start', (event) => this.#started.add(event.composedPath()[0]), { signal });
    host.addEventListener('bv-ready', () => void this.#files.enter(this.#index), { signal });
    host.addEventListener('bv-reset', () => void this.#files.resetStep(), { signal });
    // Not of the container alone: a preview may be elsewhere.
    document.addEventListener('bv-load', (event) => this.#onLoad(event), { signal });
    this.#make();
    this.follow();
  }

  dispose(): void {
    this.#lifetime.abort();
    this.#files.dispose();
    this.#runner.dispose();
  }

  get index(): number {
    return this.#index;
  }

  get step(): BvStep | undefined {
    return this.steps[this.#index];
  }

  /** Whether something is being checked, or started for that. */
  get checking(): boolean {
    return this.#preparing || this.checks.some(({ status }) => status === 'running');
  }

  get checks(): readonly BvCheck[] {
    return [...(this.step?.querySelectorAll('bv-check') ?? [])].filter((check) => check instanceof BvCheck);
  }

  get differences(): readonly Difference[] {
    return this.#files.differences;
  }

  /** Whether the reader changed anything in this step. */
  get edited(): readonly string[] {
    return [...this.#files.edits.keys()];
  }

  #make(): void {
    const problems = [...this.#files.load(this.#options.packed, this.#options.sources)];
    // Files of an archive are not there yet.
    const complete = !this.host.src || this.host.container !== undefined;
    if (complete) {
      this.steps.forEach(({ name, file }, index) => {
        if (file !== '' && !this.#files.has(index, file)) problems.push(strings.stepFocus(name, file));
      });
      this.#options.wrong(problems);
    }
  }

  /** The container booted, stopped, or is gone. */
  follow(): void {
    const { container } = this.host;
    if (container === this.#container) return;
    this.#container = container;
    container?.on('port', (port, type) => {
      if (type === 'open' && this.#container === container && !this.#lifetime.signal.aborted) this.#runner.portOpened(port);
    });
  }

  /** Elements of the container: in it, or elsewhere with its id. */
  #elements<E extends Element>(tag: string): E[] {
    const { id } = this.host;
    const root = this.host.getRootNode() as Document | ShadowRoot;
    const others = id === '' ? [] : [...root.querySelectorAll<E>(`${tag}[for="${CSS.escape(id)}"]`)];
    return [...this.host.querySelectorAll<E>(tag), ...others];
  }

  /** The first editor, if there is one. */
  get editor(): BvEditor | undefined {
    return this.#elements<BvEditor>('bv-editor').find((one) => typeof one.compareWith === 'function');
  }

  #flush(): void {
    for (const editor of this.#elements<BvEditor>('bv-editor')) if (typeof editor.flush === 'function') editor.flush();
  }

  /** Shows another step: its files, its file in the editor, its command, what its preview shows. */
  async go(index: number): Promise<void> {
    const step = this.steps[index];
    if (step === undefined) return;
    this.#flush();
    const first = this.#index < 0;
    this.#index = index;
    this.#record.current = step.name;
    if (step.querySelector('bv-check') === null) this.#setDone(step);
    this.#entering = true;
    try {
      await this.#files.enter(index);
    } finally {
      this.#entering = false;
    }
    if (this.#index !== index || this.#lifetime.signal.aborted) return;
    // Its shell starts while the rest is drawn.
    this.#command(step, first);
    if (step.file !== '' && this.#files.has(index, step.file))
      this.host.dispatchEvent(new BvOpenEvent(step.file, undefined, undefined, { keepFocus: true }));
    this.#preview(step);
    this.#runner.enter();
    this.#options.changed();
  }

  #command(step: BvStep, first: boolean): void {
    const [terminal] = this.#elements<HTMLElement & { command: string }>('bv-terminal');
    if (terminal === undefined) return;
    const own = ownCommands.get(terminal) ?? terminal.command;
    ownCommands.set(terminal, own);
    terminal.setAttribute('command', step.command || own);
    // What runs is of the step before.
    if (!first && this.host.state === 'running') void this.host.run().catch(() => undefined); // Shown by the container.
  }

  #preview({ preview: wanted }: BvStep): void {
    const [, port, path = '/'] = /^(\d+)(\/.*)?$/.exec(wanted.trim()) ?? [];
    const [preview] = this.#elements<BvPreview>('bv-preview');
    if (port === undefined || preview === undefined) return;
    preview.setAttribute('port', port);
    preview.setAttribute('path', path);
  }

  /** A shell that has its command has shown a prompt before, and reads again only once that has ended. */
  async #isIdle(): Promise<boolean> {
    const terminals = this.#elements<BvTerminal>('bv-terminal').filter(({ command }) => command !== '');
    if (terminals.some((terminal) => !this.#started.has(terminal) || terminal.text === '')) return false;
    return (await this.host.container?.ps())?.every(({ state, reading }) => state === 'zombie' || reading === true) ?? true;
  }

  #context(): CheckContext {
    const { host } = this;
    const { container } = host;
    const read = async (path: string): Promise<string | undefined> => {
      const text = host.files.read(path);
      if (text !== undefined || container === undefined || host.files.isBinary(path)) return text;
      return container.fs.readFile(path, 'utf8').catch(() => undefined); // There is none.
    };
    const preview = (port: number | undefined) =>
      this.#elements<BvPreview>('bv-preview').find((one) => typeof one.query === 'function' && (port === undefined || one.port === port));
    return {
      read,
      container,
      ask: (port, question) => preview(port)?.query(question),
      idle: () => this.#isIdle(),
      loads: () => this.#loads,
      custom: (signal): CustomCheckContext => {
        if (container === undefined) throw new BvElementError('ERR_BV_UNSUPPORTED', strings.notRunning);
        return {
          files: { read },
          container,
          exec: (line, options) => container.exec(line, { signal, ...options }),
          fetch: (port, path, init) => container.fetch(port, path, { signal, ...init }),
          preview: {
            query: (question, { port } = {}) =>
              preview(port)?.query(question, signal) ?? Promise.reject(new BvElementError('ERR_BV_PEER_GONE', strings.noDocument)),
          },
          signal,
        };
      },
    };
  }

  #onFile({ path, type }: WorkingFileEvent): void {
    if (this.#files.outdated && this.host.container === undefined) {
      void this.#again();
      return;
    }
    if (type === 'edit') this.#editedSinceRun = true;
    if (!this.#entering) this.#runner.changed(path, { byReader: type === 'edit' });
    this.#options.changed();
  }

  /** The container's own files are others: its page was still being read, or its archive has come. */
  async #again(): Promise<void> {
    this.#make();
    if (this.#index >= 0) await this.#files.enter(this.#index);
    this.#options.changed();
  }

  #onLoad(event: Event): void {
    const preview = event.composedPath()[0];
    if (!this.#elements('bv-preview').includes(preview as Element)) return;
    this.#loads += 1;
    this.#runner.documentLoaded();
  }

  #onChecked(): void {
    const { step, checks } = this;
    if (step !== undefined && checks.length > 0 && checks.every(({ status }) => status === 'passed')) this.#setDone(step);
    this.#options.changed();
  }

  #setDone(step: BvStep): void {
    if (this.#record.isDone(step.name)) return;
    this.#record.setDone(step.name);
    this.#options.done(step);
  }

  /** Makes all checks of the step, because somebody asked: boots and runs what they need. */
  async check(): Promise<readonly (CheckOutcome | undefined)[]> {
    if (this.#preparing) return [];
    this.#preparing = true;
    this.#options.changed();
    try {
      this.#flush();
      const types = new Set<string | undefined>(this.checks.map(({ spec }) => spec?.type));
      if (types.has('request') || types.has('dom')) await this.#runServer();
      else if (types.has('command') || types.has('test') || types.has('function')) await this.host.boot().catch(() => undefined); // Shown by the container.
      if (this.#lifetime.signal.aborted) return [];
      this.follow();
    } finally {
      this.#preparing = false;
    }
    const made = this.#runner.all();
    this.#options.changed();
    return made;
  }

  /** What is asked must be what the reader's files say: a server that began before the last edit is started again. */
  async #runServer(): Promise<void> {
    const { container, state } = this.host;
    if (state === 'running' && !this.#editedSinceRun) return;
    const ports = state === 'running' ? (container?.openPorts ?? []) : [];
    const closed = container === undefined ? undefined : portsClosed(container, ports, this.#lifetime.signal);
    await this.host.run().catch(() => undefined); // Shown by the container.
    await closed;
  }

  /** Another tab made other files of this step than are shown here. */
  get behind(): boolean {
    return this.#files.behind;
  }

  /** Shows them. */
  async catchUp(): Promise<void> {
    if (this.#index >= 0) await this.#files.enter(this.#index);
    this.#options.changed();
  }

  textOf(path: string): string | undefined {
    return this.host.files.read(path);
  }

  solution(index: number): ReadonlyMap<string, string | null> {
    return this.#files.solution(index);
  }

  /** Gives what undoes it. */
  async applySolution(index: number): Promise<() => Promise<void>> {
    return this.#undoable(() => this.#files.applySolution(index));
  }

  async resetStep(): Promise<() => Promise<void>> {
    return this.#undoable(() => this.#files.resetStep());
  }

  async resetFile(path: string): Promise<() => Promise<void>> {
    return this.#undoable(() => this.#files.resetFile(path));
  }

  async takeTheirs(path: string): Promise<() => Promise<void>> {
    return this.#undoable(() => this.#files.takeTheirs(path));
  }

  keepMine(path: string): void {
    this.#files.keepMine(path);
    this.#options.changed();
  }

  async #undoable(act: () => Promise<void>): Promise<() => Promise<void>> {
    this.#flush();
    const index = this.#index;
    const edits: ReadonlyMap<string, ReaderEdit> = this.#files.edits;
    await act();
    this.#options.changed();
    return async () => {
      await this.#files.restore(index, edits);
      this.#options.changed();
    };
  }

  /** Forgets all that the reader did. */
  async resetLesson(): Promise<void> {
    this.#flush();
    await this.#files.resetLesson();
    await this.go(0);
  }
}
