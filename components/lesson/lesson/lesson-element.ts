import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { BvContainer } from '../../container/container-element.ts';
import { ContainerController } from '../../shared/container-controller.ts';
import { BvElementError, messageOf } from '../../shared/element-error.ts';
import { BvErrorEvent } from '../../shared/events.ts';
import { FocusReturn } from '../../shared/focus-return.ts';
import { panel } from '../../shared/panel.styles.ts';
import { room } from '../../shared/room.styles.ts';
import { PresenceController } from '../../shared/presence-controller.ts';
import { strings as common } from '../../shared/strings.ts';
import { ThemeController } from '../../shared/theme-controller.ts';
import { tokens } from '../../shared/tokens.ts';
import type { CheckOutcome } from '../check/check-context.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';
import type { BvStep } from '../step/step-element.ts';
import { changeOf } from '../step/step-files.ts';
import { showInAddress, stepInAddress } from './address.ts';
import { BvDoneEvent, BvStepEvent } from './lesson-events.ts';
import { LessonRecord, type NotKept } from './lesson-record.ts';
import { LessonSession } from './lesson-session.ts';
import { LessonSource } from './lesson-source.ts';
import { actionsView, differencesView, resetView, stepsView, summaryOf, type Note } from './lesson-view.ts';
import { styles } from './lesson.styles.ts';

/**
 * A lesson: steps of prose beside a live container, with checks of what the reader did.
 *
 * Its steps are `<bv-step>`s directly in it, or those of `src`. The container is in it, around it, or elsewhere by `for`.
 * What the reader writes is kept for each step; a new version of the lesson reaches all files that the reader left alone.
 *
 * @tag bv-lesson
 * @slot - `<bv-step>`s, and the `<bv-container>` with what else belongs beside the prose.
 * @csspart steps - The list of steps.
 * @csspart prose - The box of the step that is shown.
 * @csspart actions - Previous, Check and Next.
 * @cssprop --bv-lesson-top - Where the container stays while the prose scrolls. Default 0.
 * @fires bv-step - Another step is shown.
 * @fires bv-check - A check was made.
 * @fires bv-done - A step is done.
 * @fires bv-error - The author made a mistake, or the lesson could not be loaded.
 */
export class BvLesson extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, slotAssignment: 'manual' };
  static override styles = [tokens, panel, room, styles];

  /** Keeps what the reader does under this name, in this browser. */
  @property() persist?: string | null;
  /** A packed lesson in place of steps in the page. */
  @property() src?: string | null;
  /** `linear`: a step opens when the checks of those before it have passed. `free`: all are open. */
  @property() order: 'linear' | 'free' = 'linear';
  /** The id of a container elsewhere in the page. Default: the one in the lesson, or around it. */
  @property() for = '';
  /** Names the lesson for screen readers. */
  @property() label = '';
  /** Puts the step into the page's address, and follows it. */
  @property({ type: Boolean, attribute: 'deep-link' }) deepLink = false;

  @state() private problems: readonly string[] = [];
  @state() private note: Note | undefined;
  /** The differences that are shown. */
  @state() private compared: ReadonlySet<string> = new Set();
  @state() private asksReset = false;
  @query('.prose slot') private proseSlot!: HTMLSlotElement | null;
  @query('.work slot') private workSlot!: HTMLSlotElement | null;

  #session: LessonSession | undefined;
  #record: { readonly name: string | undefined; readonly record: LessonRecord } | undefined;
  #lifetime: AbortController | undefined;
  readonly #children = new MutationObserver((records) => {
    const isOwn = ({ target }: MutationRecord) => target === this || (target instanceof Element && target.closest('bv-step') !== null);
    if (records.some(isOwn)) this.#collect();
  });
  #making: Promise<void> = Promise.resolve();
  #steps: readonly BvStep[] = [];
  #packedOrder: BvLesson['order'] | undefined;
  readonly #source = new LessonSource(this);
  readonly #container = new ContainerController(this, () => this.#onContainer(), { holds: true });
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => this.#leave());
    new FocusReturn(this, () => this.renderRoot.querySelector<HTMLElement>('details[open].reset summary') ?? this.#session?.step);
  }

  /** The steps, in order. */
  get steps(): readonly BvStep[] {
    return this.#steps;
  }

  /** The name of the step that is shown; empty before there is one. Its files are there after {@link ready}. */
  get step(): string {
    return this.#session?.step?.name ?? '';
  }

  /** Resolves when the files of the step are in the container. Waits for the page and the container's element. */
  get ready(): Promise<void> {
    return this.#making;
  }

  /** What is kept of the reader is not, and why. */
  get notKept(): NotKept | undefined {
    return this.#record?.record.notKept;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#lifetime !== undefined) return; // Moved: all goes on.
    this.#lifetime = new AbortController();
    const { signal } = this.#lifetime;
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => this.#collect(), { once: true, signal });
    window.addEventListener('hashchange', () => this.#onAddress(), { signal });
    window.addEventListener('popstate', () => this.#onAddress(), { signal });
    this.#children.observe(this, { childList: true, subtree: true, attributeFilter: ['name', 'label', 'from'] });
    this.#collect();
  }

  #leave(): void {
    this.#lifetime?.abort();
    this.#lifetime = undefined;
    this.#children.disconnect();
    this.#end();
    this.#record?.record.release();
    this.#record = undefined;
  }

  #end(): void {
    this.#session?.dispose();
    this.#session = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('src') || changed.has('persist')) this.#collect();
  }

  protected override updated(): void {
    const { steps } = this;
    const current = this.#session?.step ?? steps[0];
    for (const [index, step] of steps.entries()) {
      step.current = step === current;
      step.heading = strings.stepShown(step.label, index + 1, steps.length);
    }
    const isStep = (node: Node) => node instanceof Element && node.localName === 'bv-step';
    const nodes = [...this.childNodes].filter((node) => node instanceof Element || node instanceof Text) as (Element | Text)[];
    this.proseSlot?.assign(...nodes.filter(isStep));
    this.workSlot?.assign(...nodes.filter((node) => !isStep(node)));
    for (const solution of current?.querySelectorAll('bv-solution') ?? []) solution.requestUpdate();
  }

  #fail(problems: readonly string[]): void {
    const added = problems.filter((problem) => !this.problems.includes(problem));
    if (added.length > 0) this.problems = [...this.problems, ...added];
    for (const problem of added) this.dispatchEvent(new BvErrorEvent(new BvElementError('ERR_BV_INVALID_ARGUMENT', problem)));
  }

  #onContainer(): void {
    if (this.#container.host === undefined || this.#session?.host !== this.#container.host) this.#collect();
    else this.#session.follow();
  }

  /** Looks at what is in the lesson again. */
  #collect(): void {
    const lifetime = this.#lifetime;
    if (lifetime === undefined) return;
    this.#making = this.#making
      .then(() => this.#make(lifetime.signal))
      .catch((error: unknown) => {
        if (!lifetime.signal.aborted) this.#fail([messageOf(error)]);
      });
  }

  async #make(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const document = await this.#source.load(() => this.src || undefined, signal);
    if (signal.aborted) return;
    if (document?.label !== undefined && this.label === '') this.label = document.label;
    // A framework sets no attribute.
    const isOwn = this.hasAttribute('order') || (this.order === 'free' && this.#packedOrder !== 'free');
    if (document?.order !== undefined && !isOwn) this.order = this.#packedOrder = document.order;
    this.#container.search();
    const { steps, problems } = this.#source.steps();
    const host = this.#container.host as BvContainer | undefined;
    const before = this.#session;
    this.#steps = steps;
    this.#fail(problems);
    this.requestUpdate();
    // More of it may be on its way.
    if (host === undefined || this.ownerDocument.readyState === 'loading') return;
    if (steps.length === 0) {
      this.#end();
      this.#fail([strings.noSteps]);
      return;
    }
    const written = await this.#source.written(steps);
    if (signal.aborted || (before !== this.#session && before !== undefined)) return;
    this.#end();
    this.#fail(written.problems);
    const record = this.#keep();
    const session = (this.#session = new LessonSession({
      ...{ host, record, steps, ...written, packed: changeOf(document?.files) },
      changed: () => this.requestUpdate(),
      done: (step) => this.#onDone(step),
      wrong: (mistakes) => this.#fail(mistakes),
    }));
    const wanted = (this.deepLink ? stepInAddress(this.id) : undefined) ?? record.current;
    const found = steps.findIndex(({ name }) => name === wanted);
    const index = found >= 0 && this.isOpen(found) ? found : 0;
    if (this.deepLink && wanted !== '' && found < 0) this.#fail([strings.stepUnknown(wanted)]);
    await session.go(index);
    this.dispatchEvent(new BvStepEvent(steps[index]!.name, index));
  }

  #keep(): LessonRecord {
    const name = this.persist || undefined;
    if (this.#record === undefined || this.#record.name !== name) {
      this.#record?.record.release();
      this.#record = { name, record: new LessonRecord(name, () => this.#onOtherTab()) };
    }
    return this.#record.record;
  }

  /** The lesson is open elsewhere, too: what is written there is shown here once nobody looks, or wants it. */
  #onOtherTab(): void {
    const session = this.#session;
    this.requestUpdate();
    if (session?.behind !== true) return;
    if (document.visibilityState === 'hidden') void session.catchUp();
    else this.note = { text: () => strings.otherTab, act: () => session.catchUp(), label: () => strings.showOtherTab };
  }

  #onDone(step: BvStep): void {
    const last = this.#steps.every(({ name }) => this.isDone(name));
    this.dispatchEvent(new BvDoneEvent(step.name, last));
    if (last && this.#steps.length > 1) this.note = { text: () => strings.lessonDone };
  }

  #onAddress(): void {
    if (!this.deepLink) return;
    const wanted = stepInAddress(this.id);
    if (wanted !== undefined && wanted !== this.step) void this.#go(wanted, { address: 'theirs' });
  }

  /** Whether all checks of a step have passed once. */
  isDone(name: string): boolean {
    return this.#record?.record.isDone(name) === true;
  }

  /** Whether a reader may go to a step, by its place. */
  isOpen(index: number): boolean {
    return this.order === 'free' || this.#steps.slice(0, index).every(({ name }) => this.isDone(name));
  }

  /**
   * Shows a step, open to the reader or not; resolves when its files are there.
   *
   * @throws {RangeError} if there is no such step.
   */
  async go(name: string): Promise<void> {
    await this.ready;
    if (!this.#steps.some((step) => step.name === name)) throw new RangeError(strings.stepUnknown(name));
    await this.#go(name, { address: 'replace' });
  }

  async #go(
    name: string,
    { focus = false, address }: { readonly focus?: boolean; readonly address: 'push' | 'replace' | 'theirs' },
  ): Promise<void> {
    const index = this.#steps.findIndex((step) => step.name === name);
    const session = this.#session;
    if (session === undefined || index < 0) return;
    if (address !== 'theirs') {
      if (this.deepLink) showInAddress(this.id, name, { replace: address === 'replace' });
    } else if (!this.isOpen(index)) return;
    this.note = undefined;
    this.compared = new Set();
    this.asksReset = false;
    const going = session.go(index);
    this.requestUpdate();
    await this.updateComplete;
    const list = this.renderRoot.querySelector<HTMLDetailsElement>('.steps');
    if (list !== null) list.open = false;
    if (focus) {
      await session.step?.updateComplete;
      session.step?.focus({ preventScroll: true });
      session.step?.scrollIntoView({ block: 'nearest' });
    }
    await going;
    this.dispatchEvent(new BvStepEvent(name, index));
  }

  /** Makes all checks of the step; boots and runs what they need. */
  async check(): Promise<readonly (CheckOutcome | undefined)[]> {
    await this.ready;
    return (await this.#session?.check()) ?? [];
  }

  /** What the solution of a step changes, by path; null for what it deletes. */
  solutionOf(name: string): ReadonlyMap<string, string | null> {
    return this.#session?.solution(this.#steps.findIndex((step) => step.name === name)) ?? new Map<string, string | null>();
  }

  /** A file as the reader sees it; undefined if there is none. */
  textOf(path: string): string | undefined {
    return this.#session?.textOf(path);
  }

  get hasEditor(): boolean {
    return this.#session?.editor !== undefined;
  }

  /** Opens a file in the first editor, with what differs from `text` and buttons to take it piece by piece. */
  async compareInEditor(path: string, text: string): Promise<void> {
    const editor = this.#session?.editor;
    await editor?.reveal(path);
    await editor?.compareWith(text);
  }

  /** Puts the solution of a step, by default of the one that is shown, into the reader's files. The reader may undo it. */
  async applySolution(name = this.step): Promise<void> {
    await this.ready;
    const undo = await this.#session?.applySolution(this.#steps.findIndex((step) => step.name === name));
    this.#tell(() => strings.applied, undo);
  }

  /** Brings the files of the step back to its start. The reader may undo it. */
  async resetStep(): Promise<void> {
    await this.ready;
    this.#tell(() => strings.stepIsReset, await this.#session?.resetStep());
  }

  /** Brings one file back. The reader may undo it. */
  async resetFile(path: string): Promise<void> {
    await this.ready;
    this.#tell(() => strings.fileIsReset(path), await this.#session?.resetFile(path));
  }

  /** Forgets all that the reader did in the lesson, and shows its first step. */
  async resetLesson(): Promise<void> {
    await this.ready;
    await this.#session?.resetLesson();
    const [first] = this.#steps;
    if (this.deepLink && first !== undefined) showInAddress(this.id, first.name, { replace: true });
    this.asksReset = false;
    this.#tell(() => strings.lessonIsReset);
    this.dispatchEvent(new BvStepEvent(this.step, 0));
  }

  #tell(text: () => string, undo?: () => Promise<void>): void {
    this.note = { text, ...(undo === undefined ? {} : { act: () => undo().then(() => () => strings.undone), label: () => strings.undo }) };
  }

  readonly #onAct = (): void => {
    void this.note?.act?.().then((text) => (this.note = text ? { text } : undefined));
  };

  #notKeptText(): string {
    switch (this.notKept) {
      case undefined:
        return '';
      case 'blocked':
        return strings.notKeptBlocked;
      case 'full':
        return strings.notKeptFull;
      case 'newer':
        return strings.notKeptNewer;
      case 'twice':
        return strings.notKeptTwice(this.persist ?? '');
    }
  }

  readonly #toggle = (path: string): void => {
    const compared = new Set(this.compared);
    if (!compared.delete(path)) compared.add(path);
    this.compared = compared;
  };

  protected override render(): TemplateResult {
    const session = this.#session;
    const steps = this.#steps;
    const index = session?.index ?? 0;
    const missing = this.#container.missing && session === undefined ? [common.noContainer('bv-lesson', this.for)] : [];
    const notKept = this.#notKeptText();
    const visit = (name: string) => void this.#go(name, { focus: true, address: 'push' });
    return html`<div class="room">
      <section role="group" aria-label=${this.label || strings.lesson} data-theme=${this.#theme.theme}>
        <div class="text">
          ${stepsView({ steps, index, isDone: (name) => this.isDone(name), isOpen: (at) => this.isOpen(at), visit })}
          ${[...missing, ...this.problems].map((problem) => html`<p class="message" role="alert">${problem}</p>`)}
          ${notKept === '' ? nothing : html`<p class="notice">${notKept}</p>`}
          ${
            session === undefined
              ? nothing
              : differencesView(this, session.differences, this.compared, {
                  toggle: this.#toggle,
                  take: (path) => void session.takeTheirs(path).then((undo) => this.#tell(() => strings.fileIsReset(path), undo)),
                  keep: (path) => session.keepMine(path),
                })
          }
          <div class="prose" part="prose"><slot></slot></div>
          ${actionsView({
            steps,
            index,
            session,
            isOpen: (at) => this.isOpen(at),
            visit,
            check: () => void this.check(),
          })}
          <div class="said">
            <p role="status" class="summary">${session === undefined ? '' : summaryOf(session)}</p>
            <p role="status" class="note">${this.note?.text() ?? ''}</p>
            ${this.note?.act === undefined ? nothing : html`<button type="button" class="undo" @click=${this.#onAct}>${this.note.label?.()}</button>`}
          </div>
          ${
            session === undefined
              ? nothing
              : resetView(session, {
                  asks: this.asksReset,
                  file: (path) => void this.resetFile(path),
                  step: () => void this.resetStep(),
                  ask: (asks) => (this.asksReset = asks),
                  lesson: () => void this.resetLesson(),
                })
          }
        </div>
        <div class="work"><slot></slot></div>
      </section>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-lesson': BvLesson;
  }
}
