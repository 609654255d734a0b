import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { BvEditor } from '../editor/editor-element.ts';
import { shownMessageOf } from '../shared/error-strings.ts';
import { saidBy } from '../shared/language.ts';
import { BvErrorEvent } from '../shared/events.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { textOf } from './fence-markup.ts';
import type { Fence } from './fence-markup.ts';
import { runFence } from './fence-run.ts';
import type { OutputPiece } from './fence-run.ts';
import type { FenceSession, SessionMember } from './fence-session.ts';
import { styles } from './fence.styles.ts';
import { fencesStrings as strings } from './fences-strings.ts';

/** Characters of output that are kept: a program that prints in a loop must not fill the page. */
const maxOutput = 100_000;

type Phase = 'idle' | 'starting' | 'running' | 'ended' | 'stopped' | 'failed';

/**
 * What a page's own code fence gets after it: a quiet bar with Run and Edit, an editor in its place, and its output.
 *
 * Made by `<script … data-auto>`, not by authors. The fence itself is not touched, save that it is hidden while it is edited;
 * when the element goes, it is as it was.
 *
 * @tag bv-fence
 * @csspart controls - The buttons on the lower edge of the code.
 * @csspart output - What the program printed.
 * @cssprop --bv-fence-output-block-size - How high the output becomes before it scrolls. Default 20rem.
 * @fires bv-error - It could not be run.
 */
export class BvFence extends LitElement implements SessionMember {
  static override styles = [tokens, styles];

  @state() private phase: Phase = 'idle';
  @state() private pieces: readonly OutputPiece[] = [];
  @state() private cut = false;
  @state() private code = 0;
  @state() private problem = '';
  @state() private port: number | undefined;
  @state() private editing = false;
  @query('bv-editor') private editor!: BvEditor | null;
  @query('.output') private output!: HTMLElement | null;

  #fence: Fence | undefined;
  #session: FenceSession | undefined;
  #path = '';
  #port = 0;
  /** Pixels of the block when it was replaced by the editor. */
  #blockSize = 0;
  /** Of the block, before it was hidden. */
  #style: string | null = null;
  #running: AbortController | undefined;
  /** A frame later, for what it places may change what it observes, which WebKit reports as an error of the page. */
  readonly #sizes = new ResizeObserver(() => requestAnimationFrame(() => this.#place()));
  readonly #internals = this.attachInternals();

  constructor() {
    super();
    new PresenceController(this, () => this.#leave());
    new ThemeController(this, this.#internals);
  }

  /** Takes a fence of the page, after which it is to be put. */
  use(fence: Fence, session: FenceSession): void {
    this.#fence = fence;
    this.#session = session;
    this.#path = fence.options.file ?? session.nextName(fence.ending);
  }

  /** The fence of the page that it belongs to. */
  get block(): HTMLElement | undefined {
    return this.#fence?.block;
  }

  get path(): string {
    return this.#path;
  }

  get isPage(): boolean {
    return this.#fence?.kind === 'page';
  }

  get text(): string {
    if (this.editing && this.editor !== null) return this.editor.value;
    return this.#fence === undefined ? '' : textOf(this.#fence);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const fence = this.#fence;
    if (fence === undefined) {
      // A copy, such as a page that was put away and comes back as markup: the fence beside it gets a new one.
      queueMicrotask(() => this.remove());
      return;
    }
    this.#session?.join(this);
    this.#sizes.observe(fence.block);
    if (this.parentElement !== null) this.#sizes.observe(this.parentElement);
    this.#place();
  }

  #leave(): void {
    this.stop();
    this.#sizes.disconnect();
    this.#showBlock();
    this.editing = false;
    this.#mark('editing', false);
    this.#session?.leave(this);
  }

  /** Finds the lower edge of the block, and closes the gap that the page leaves after it. */
  #place(): void {
    const { block } = this;
    if (block === undefined || this.editing || !this.isConnected || this.parentElement === null) return;
    const around = getComputedStyle(this.parentElement);
    const open = this.#internals.states.has('open');
    const { marginBlockEnd } = getComputedStyle(block);
    // In a grid or a column the gap stands before it, too, and margins do not collapse. A row of a grid is not undone by a margin.
    const gap = /flex|grid/.test(around.display) ? parseFloat(around.rowGap) || 0 : 0;
    this.#mark('afloat', !open && around.display.includes('grid'));
    this.style.setProperty('--_pull', open ? `calc(-1 * (${marginBlockEnd} + ${gap}px))` : `${-gap}px`);
    this.style.setProperty('--_after', marginBlockEnd);
    const [its, own] = [block.getBoundingClientRect(), this.getBoundingClientRect()];
    const rightToLeft = getComputedStyle(this).direction === 'rtl';
    // Code runs from left to right, also where the author says nothing of it.
    if (rightToLeft) (block.querySelector('pre') ?? block).dir ||= 'ltr';
    const [left, right] = [its.left - own.left, own.right - its.right];
    this.style.setProperty('--_up', `${own.top - its.bottom}px`);
    this.style.setProperty('--_start', `${rightToLeft ? right : left}px`);
    this.style.setProperty('--_end', `${rightToLeft ? left : right}px`);
  }

  #mark(state: 'open' | 'editing' | 'afloat', on: boolean): void {
    if (on) this.#internals.states.add(state);
    else this.#internals.states.delete(state);
  }

  #open(): void {
    this.#mark('open', true);
    this.#place();
  }

  flush(): void {
    this.editor?.flush();
  }

  /** Runs the code as the reader sees it; what ran before is ended. Resolves when it ended. */
  async run(): Promise<void> {
    const [fence, session] = [this.#fence, this.#session];
    if (fence === undefined || session === undefined || fence.kind === 'file') return;
    this.stop();
    const running = new AbortController();
    this.#running = running;
    const { signal } = running;
    this.phase = 'starting';
    this.pieces = [];
    this.cut = false;
    this.port = undefined;
    this.problem = '';
    this.#open();
    try {
      const container = await session.start(this);
      if (signal.aborted) return;
      this.phase = 'running';
      this.#port ||= session.nextPort();
      const path = fence.kind === 'style' ? (session.page?.path ?? this.#path) : this.#path;
      const code = await runFence(
        container,
        {
          kind: fence.kind,
          path,
          port: this.#port,
          onOutput: (piece) => {
            if (!signal.aborted) this.#print(piece);
          },
          onPort: (port) => {
            if (!signal.aborted) this.port ??= port;
          },
        },
        signal,
      );
      if (signal.aborted) return;
      this.code = code;
      this.phase = 'ended';
    } catch (error) {
      if (signal.aborted) return;
      this.phase = 'failed';
      this.problem = saidBy(this, () => shownMessageOf(error));
      this.dispatchEvent(new BvErrorEvent(error));
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  /** Ends what runs. */
  stop(): void {
    if (this.#running === undefined) return;
    this.#running.abort();
    this.#running = undefined;
    this.port = undefined;
    this.phase = 'stopped';
  }

  #print(piece: OutputPiece): void {
    const last = this.pieces.at(-1);
    const pieces =
      last !== undefined && last.error === piece.error
        ? [...this.pieces.slice(0, -1), { text: last.text + piece.text, error: piece.error }]
        : [...this.pieces, piece];
    let excess = pieces.reduce((sum, { text }) => sum + text.length, 0) - maxOutput;
    this.cut ||= excess > 0;
    for (let first = pieces[0]; excess > 0 && first !== undefined; first = pieces[0]) {
      if (first.text.length > excess) pieces[0] = { text: first.text.slice(excess), error: first.error };
      else pieces.shift();
      excess -= first.text.length;
    }
    this.pieces = pieces;
  }

  /** Puts an editor in the place of the code, and the focus into it. */
  async edit(): Promise<void> {
    const [fence, session] = [this.#fence, this.#session];
    if (fence === undefined || session === undefined || this.editing) return;
    await session.write(this.#path, this.text);
    this.#blockSize = fence.block.getBoundingClientRect().height;
    this.#open();
    this.editing = true;
    this.#mark('editing', true);
    this.style.setProperty('--_pull', getComputedStyle(fence.block).marginBlockStart);
    this.#style = fence.block.getAttribute('style');
    fence.block.style.setProperty('display', 'none', 'important');
    await this.updateComplete;
    await this.editor?.updateComplete;
    this.editor?.focus();
  }

  #showBlock(): void {
    const { block } = this;
    if (!this.editing || block === undefined) return;
    if (this.#style === null) block.removeAttribute('style');
    else block.setAttribute('style', this.#style);
  }

  /** The page's own code is back, and nothing else. */
  async reset(): Promise<void> {
    this.stop();
    this.#showBlock();
    this.editing = false;
    this.#mark('editing', false);
    this.#mark('open', false);
    this.phase = 'idle';
    this.pieces = [];
    this.#place();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('button')?.focus();
    await this.#session?.write(this.#path, this.text);
  }

  readonly #onRun = (): void => void this.run();
  readonly #onStop = (): void => this.stop();
  readonly #onEdit = (): void => void this.edit().catch((error: unknown) => this.#fail(error));
  readonly #onReset = (): void => void this.reset().catch((error: unknown) => this.#fail(error));
  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || this.#fence?.kind === 'file') return;
    event.preventDefault();
    event.stopPropagation();
    void this.run();
  };

  #fail(error: unknown): void {
    this.phase = 'failed';
    this.problem = saidBy(this, () => shownMessageOf(error));
    this.#open();
    this.dispatchEvent(new BvErrorEvent(error));
  }

  protected override updated(): void {
    const { output } = this;
    if (output !== null && this.phase === 'running') output.scrollTop = output.scrollHeight;
  }

  #statusText(): string {
    switch (this.phase) {
      case 'idle':
        return '';
      case 'starting':
        return strings.starting;
      case 'running':
        return strings.running;
      case 'ended':
        return this.code === 0 ? (this.pieces.length === 0 ? strings.silent : strings.ended) : strings.endedWith(this.code);
      case 'stopped':
        return strings.stopped;
      case 'failed':
        return strings.failed(this.problem);
    }
  }

  #renderResult(): TemplateResult | typeof nothing {
    const { phase, port } = this;
    if (phase === 'idle') return nothing;
    const failed = phase === 'failed' || (phase === 'ended' && this.code !== 0);
    return html`<div class="result">
      <p class="status ${failed ? 'failed' : ''}" role="status">${this.#statusText()}${this.cut ? ` ${strings.cut}` : ''}</p>
      ${
        this.pieces.length === 0
          ? nothing
          : // prettier-ignore
            html`<div class="output" part="output" role="log" aria-label=${strings.output} tabindex="0">${this.pieces.map(({ text, error }) => html`<span class=${error ? 'error' : ''}>${text}</span>`)}</div>`
      }
      ${port === undefined || this.#session === undefined ? nothing : html`<bv-preview for=${this.#session.id} port=${port}></bv-preview>`}
    </div>`;
  }

  protected override render(): TemplateResult {
    const named = this.#fence?.options.file;
    const busy = this.phase === 'starting' || this.phase === 'running';
    const size = `--bv-editor-block-size: max(6rem, ${Math.ceil(this.#blockSize) + (named === undefined ? 0 : 32)}px)`;
    const runnable = this.#fence !== undefined && this.#fence.kind !== 'file';
    const controls = html`<div class="line">
      <div class="controls" part="controls" role="group" aria-label=${strings.controls(named ?? '')}>
        ${
          !runnable
            ? nothing
            : busy
              ? html`<button type="button" class="stop" @click=${this.#onStop}>${strings.stop}</button>`
              : html`<button type="button" class="run" @click=${this.#onRun}>${strings.run}</button>`
        }
        ${
          this.editing || this.phase !== 'idle'
            ? html`<button type="button" class="reset" @click=${this.#onReset}>${strings.reset}</button>`
            : nothing
        }
        ${this.editing ? nothing : html`<button type="button" class="edit" @click=${this.#onEdit}>${strings.edit}</button>`}
      </div>
    </div>`;
    const editor =
      this.editing && this.#session !== undefined
        ? html`<bv-editor
            class=${named === undefined ? 'unnamed' : ''}
            style=${size}
            for=${this.#session.id}
            file=${this.#path}
            @keydown=${{ handleEvent: this.#onKey, capture: true }}
          ></bv-editor>`
        : nothing;
    return html`<div>
      ${this.editing ? html`<div class="panel">${editor}</div>` : nothing}${controls}
      ${this.phase === 'idle' ? nothing : html`<div class="panel">${this.#renderResult()}</div>`}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-fence': BvFence;
  }
}
