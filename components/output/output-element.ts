import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { ContainerController } from '../shared/container-controller.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { copyText } from '../shared/copy-text.ts';
import { messageOf } from '../shared/element-error.ts';
import { BvErrorEvent, BvOpenEvent } from '../shared/events.ts';
import { saidBy } from '../shared/language.ts';
import { panel } from '../shared/panel.styles.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { Announcer } from './announcer.ts';
import { plainText } from './ansi-text.ts';
import { CommandRun } from './command-run.ts';
import { textOf, type ConsoleValue } from '../shared/console-value.ts';
import { entryView, type EntryContext } from './entry-view.ts';
import type { Project } from './file-links.ts';
import { levels, OutputLog, type Level, type LogEntry } from './output-log.ts';
import { BvOutputEndEvent } from './output-events.ts';
import { outputStrings } from './output-strings.ts';
import { styles } from './output.styles.ts';

/** At most one rendering in that time, in milliseconds: a program may print thousands of lines in it. */
const renderMs = 40;

/** The level a console's method belongs to. */
function levelOf(name: string): Level {
  return name === 'error' || name === 'warn' || name === 'debug' ? name : 'info';
}

/** One of the levels, by the names that consoles have for them; those of a list are separated by blanks. */
function levelsOf(names: string): ReadonlySet<Level> {
  const wanted = names.split(/\s+/).filter((name) => name !== '');
  return new Set(wanted.length === 0 ? levels : wanted.map(levelOf));
}

/**
 * What a container's previews write to their consoles, their errors, and what `command` prints.
 *
 * `command` runs without a terminal each time the container runs. Places like `src/app.js:3:5` are links that open an editor.
 * Objects of a preview's console can be opened. New lines are announced, many of them by their number.
 *
 * @tag bv-output
 * @csspart bar - The bar with the levels, Copy and Clear.
 * @csspart log - What scrolls.
 * @csspart entry - One line; `error`, `warn`, `info` and `debug` are parts, too.
 * @cssprop --bv-output-block-size - Its height. Default 16rem.
 * @fires bv-open - A place was chosen that an editor is to show.
 * @fires bv-output-end - `command` ended by itself.
 * @fires bv-error - `command` could not be started.
 */
export class BvOutput extends LitElement {
  static override styles = [tokens, panel, styles];

  /** A line of shell, run without a terminal when the container runs. Default: none. */
  @property() command = '';
  /** The levels that are shown at first: `error`, `warn`, `info`, `debug`, separated by blanks. Default: all. */
  @property() levels = '';
  /** How many lines are kept. */
  @property({ type: Number, attribute: 'max-lines' }) maxLines = 1000;
  /** Leaves out the bar. */
  @property({ type: Boolean, attribute: 'no-bar' }) noBar = false;
  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';
  /** Names the output for screen readers. */
  @property({ reflect: true, useDefault: true }) label = '';

  @state() private shown: ReadonlySet<Level> = new Set(levels);
  @state() private said = '';
  @query('.log') private scroller!: HTMLElement | null;

  readonly #log = new OutputLog(() => this.#soon());
  readonly #announcer = new Announcer((lines, count, errors) => {
    this.said = lines?.join('\n') ?? saidBy(this, () => outputStrings.news(count, errors));
  });
  #announced = 0;
  #rendering: ReturnType<typeof setTimeout> | undefined;
  #atEnd = true;
  #runCount = 0;
  #running: AbortController | undefined;
  #following: AbortController | undefined;
  #followed: ContainerHost | undefined;
  readonly #container = new ContainerController(this, (host) => this.#follow(host));
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => {
      this.#stop();
      this.#announcer.stop();
      clearTimeout(this.#rendering);
      this.#rendering = undefined;
    });
  }

  /** What is shown, without colours, one entry a line. */
  get text(): string {
    return plainText(this.#log.textOf(this.#isShown));
  }

  /** Adds a line of the page's own, as the console of a preview would. */
  log(level: Level | 'log', ...values: readonly ConsoleValue[]): void {
    this.#log.add(levelOf(level), 'page', values);
  }

  clear(): void {
    this.#announcer.stop();
    this.#log.clear();
  }

  /** Copies what is shown. False where the browser does not allow it. */
  async copy(): Promise<boolean> {
    const copied = await copyText(this.text);
    this.said = saidBy(this, () => (copied ? outputStrings.copied : outputStrings.copyFailed));
    return copied;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('levels')) this.shown = levelsOf(this.levels);
    if (changed.has('maxLines')) this.#log.limit = Math.max(Math.floor(this.maxLines) || 0, 1);
    const { scroller } = this;
    if (scroller !== null) this.#atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 24;
  }

  protected override updated(): void {
    const { scroller } = this;
    if (scroller !== null && this.#atEnd) scroller.scrollTop = scroller.scrollHeight;
  }

  #follow(host: ContainerHost | undefined): void {
    if (this.#followed !== host) {
      this.#following?.abort();
      this.#following = undefined;
      this.#followed = host;
      this.#stop();
      if (host !== undefined) this.#listen(host);
    }
    if (host === undefined) {
      this.#runCount = 0;
      return;
    }
    if (host.state === 'running' && host.runCount !== this.#runCount) {
      this.#runCount = host.runCount;
      if (this.command !== '') void this.#run(host);
    } else if (host.state !== 'running' && host.state !== 'booting' && this.#running !== undefined) {
      this.#stop();
      this.#note(saidBy(this, () => outputStrings.stopped));
    }
  }

  #listen(host: ContainerHost): void {
    const { signal } = (this.#following = new AbortController());
    host.addEventListener('bv-console', ({ level, args, values }) => this.#log.add(levelOf(level), 'page', values ?? plainValues(args)), {
      signal,
    });
    host.addEventListener(
      'bv-error',
      (event) => {
        // What else fails, the container says itself.
        if ((event.composedPath()[0] as Partial<Element>).localName === 'bv-preview')
          this.#log.add('error', 'page', [detailsOf(event.error)]);
      },
      { signal },
    );
  }

  #stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(host: ContainerHost): Promise<void> {
    this.#stop();
    const { container } = host;
    if (container === undefined) return;
    const running = (this.#running = new AbortController());
    const { signal } = running;
    this.clear();
    try {
      const { ended } = new CommandRun(container, this.command, signal, {
        onText: (stream, text) => {
          if (!signal.aborted) this.#log.write(stream, stream === 'stderr' ? 'error' : 'info', text);
        },
      });
      const code = await ended;
      if (signal.aborted) return;
      if (code !== 0) this.#note(saidBy(this, () => outputStrings.ended(code)));
      this.dispatchEvent(new BvOutputEndEvent(code));
    } catch (error) {
      if (signal.aborted || !this.isConnected) return;
      this.#log.add('error', 'note', [messageOf(error)]);
      this.dispatchEvent(new BvErrorEvent(error));
    } finally {
      this.#log.end('stdout');
      this.#log.end('stderr');
      if (this.#running === running) this.#running = undefined;
    }
  }

  #note(text: string): void {
    this.#log.add('info', 'note', [text]);
  }

  #soon(): void {
    this.#rendering ??= setTimeout(() => {
      this.#rendering = undefined;
      this.#announce();
      this.requestUpdate();
    }, renderMs);
  }

  #announce(): void {
    const fresh = this.#log.entries.filter(({ id }) => id >= this.#announced);
    const count = this.#log.added - this.#announced;
    this.#announced = this.#log.added;
    const errors = fresh.filter(({ level }) => level === 'error').length;
    this.#announcer.add(count, errors, () => fresh.map(({ values }) => plainText(values.map((value) => textOf(value)).join(' '))));
  }

  readonly #isShown = ({ level, source }: LogEntry): boolean => source === 'note' || this.shown.has(level);

  get #project(): Project | undefined {
    const host = this.#container.host;
    return host?.container === undefined ? undefined : { workdir: host.container.workdir, files: host.files.paths };
  }

  #toggle(level: Level): void {
    const shown = new Set(this.shown);
    if (!shown.delete(level)) shown.add(level);
    this.shown = shown;
  }

  readonly #onClear = (): void => {
    this.clear();
    this.said = saidBy(this, () => outputStrings.cleared);
    this.scroller?.focus();
  };

  #bar(): TemplateResult {
    const amounts = new Map<Level, number>();
    for (const { level, source, count } of this.#log.entries) if (source !== 'note') amounts.set(level, (amounts.get(level) ?? 0) + count);
    const filter = (level: Level) => {
      const amount = amounts.get(level);
      return html`<button type="button" class="filter ${level}" aria-pressed=${this.shown.has(level)} @click=${() => this.#toggle(level)}>
        ${outputStrings[level]} <span class="amount">${amount === undefined ? '' : amount > 99 ? '99+' : amount}</span>
      </button>`;
    };
    return html`<div class="bar" part="bar" role="group" aria-label=${outputStrings.controls}>
      <div class="filters" role="group" aria-label=${outputStrings.filters}>${levels.map(filter)}</div>
      <button type="button" class="copy" @click=${() => void this.copy()}>${outputStrings.copy}</button>
      <button type="button" class="clear" @click=${this.#onClear}>${outputStrings.clear}</button>
    </div>`;
  }

  #hint(visible: readonly LogEntry[]): string {
    if (this.#container.missing) return strings.noContainer('bv-output', this.for);
    const { entries, dropped } = this.#log;
    if (entries.length === 0) return outputStrings.empty;
    if (visible.length === 0) return outputStrings.filtered;
    return dropped > 0 ? outputStrings.dropped(dropped) : '';
  }

  protected override render(): TemplateResult {
    const name = this.label || outputStrings.label;
    const visible = this.#log.entries.filter(this.#isShown);
    const hint = this.#hint(visible);
    const context: EntryContext = {
      project: this.#project,
      open: ({ file, line, column }) => this.#container.host?.dispatchEvent(new BvOpenEvent(file, line, column)),
      refresh: () => this.requestUpdate(),
    };
    return html`<section role="group" aria-label=${name} data-theme=${this.#theme.theme}>
      ${this.noBar ? html`<span></span>` : this.#bar()}
      <div class="log" part="log" role="log" aria-live="off" aria-label=${name} tabindex="0">
        ${hint === '' ? nothing : html`<p class="hint">${hint}</p>`}
        ${repeat(
          visible,
          ({ id }) => id,
          (entry) => entryView(entry, context),
        )}
      </div>
      <p class="visually-hidden" role="status">${this.said}</p>
    </section>`;
  }
}

function plainValues(args: readonly unknown[]): ConsoleValue[] {
  return args.map((value) =>
    value === null || ['string', 'number', 'boolean'].includes(typeof value) ? (value as ConsoleValue) : String(value),
  );
}

function detailsOf(error: unknown): string {
  const stack = error instanceof Error ? error.stack : undefined;
  const message = messageOf(error);
  return stack === undefined || stack === '' ? message : stack.includes(message) ? stack : `${message}\n${stack}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-output': BvOutput;
  }
}
